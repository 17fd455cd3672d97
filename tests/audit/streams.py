"""Addresses that exist only in tests: answers in pieces, good and bad ones."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path

from cases.audit.models import Event
from cases.audit.record import record
from cases.casework.models import Case

PIECES = (b"one ", b"two ", b"three")


def _answer(request: HttpRequest, pieces: Iterator[bytes]) -> HttpResponse:
    case = Case.objects.first()
    assert case is not None
    record(
        "case.downloaded", by=request.user, unit=case.unit_id, target=case, persons=[case.person_id]
    )
    return StreamingHttpResponse(pieces)  # type: ignore[return-value]


def whole(request: HttpRequest) -> HttpResponse:
    return _answer(request, iter(PIECES))


def broken(request: HttpRequest) -> HttpResponse:
    def pieces() -> Iterator[bytes]:
        yield PIECES[0]
        raise RuntimeError

    return _answer(request, pieces())


def asking(request: HttpRequest) -> HttpResponse:
    def pieces() -> Iterator[bytes]:
        yield PIECES[0]
        yield str(Event.objects.count()).encode()

    return _answer(request, pieces())


def unrecorded(request: HttpRequest) -> HttpResponse:
    return StreamingHttpResponse(iter(PIECES))  # type: ignore[return-value]


urlpatterns = [
    path("stream/whole", whole),
    path("stream/broken", broken),
    path("stream/asking", asking),
    path("stream/unrecorded", unrecorded),
    path("", include("advisory.urls")),
]
