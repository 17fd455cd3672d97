"""Every request is one recorded transaction; denials and errors are written after the rollback.

No audit row, no data: when an event can not be written, the answer is 503 and one sentence, whatever
the page had made ready. What leaves in pieces is recorded before its first piece.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string

from cases.audit.models import INSTALLATION, Client, Outcome
from cases.audit.record import Actor, Recording, record, recorded
from cases.core.database.context import NOBODY, Context

Handler = Callable[[HttpRequest], HttpResponse]
# Signing in through a provider waits for another machine: no transaction is held meanwhile, and the
# views record what they do themselves.
UNRECORDED_PATHS = ("/healthz", "/readyz", "/browser-reports", "/static/", "/account/oidc/")
DOORS = (("/admin/", Client.ADMIN), ("/api/", Client.API), ("/hooks/", Client.HOOK))
# What was understood and refused; everything else from 400 on did not come about.
DENIALS = frozenset({401, 403, 404, 405, 429})
RETRY_AFTER_SECONDS = 30

logger = logging.getLogger(__name__)


class StreamedUnrecorded(RuntimeError):
    """A view answers in pieces and has noted no event: nothing of it may leave."""


class QueryWhileStreaming(RuntimeError):
    """A row was read after the events of its request were written."""


class RecordedRequestMiddleware:
    """Innermost: the view, its rendering and its events are one transaction."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNRECORDED_PATHS):
            return self.get_response(request)
        request_id = uuid.uuid4()
        # What a view raises is a response by now: what comes out here is the log's own failure.
        try:
            response = self._recorded_response(request, request_id)
            if response.status_code >= 400:
                record_refusal(request, request_id, response.status_code, _user_of(request))
        except Exception:
            return not_recorded(request, request_id)
        if response.streaming:
            _record_the_end(cast(StreamingHttpResponse, response), request, request_id)
        return response

    def _recorded_response(self, request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
        context = _context_of(_user_of(request))
        with recorded(request=request_id, client=_client_of(request), context=context) as recording:
            request.recording = recording  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                recording.must_roll_back = True
            elif response.streaming and not recording.events:
                raise StreamedUnrecorded(_page_of(request))
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        recording: Recording | None = getattr(request, "recording", None)
        if recording is not None:
            recording.page = _page_of(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        recording: Recording | None = getattr(request, "recording", None)
        if recording is not None:
            recording.must_roll_back = True


class RecordedRefusalMiddleware:
    """Outside sessions and sign-in: records what was refused before it reached a view."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or hasattr(request, "refusal_is_recorded"):
            return response
        if request.path.startswith(UNRECORDED_PATHS):
            return response
        request_id = uuid.uuid4()
        try:
            record_refusal(request, request_id, response.status_code, None)
        except Exception:
            return not_recorded(request, request_id)
        return response


def record_refusal(
    request: HttpRequest, request_id: uuid.UUID, status: int, user: Actor | None
) -> None:
    """Who was refused which page, in a transaction of its own; no content and no address.

    A denial stands in the log of each of the user's units, where those who review it look for
    whoever tries what is not theirs. A form that was filled in wrongly is nobody's business.
    """
    request.refusal_is_recorded = True  # type: ignore[attr-defined]
    context = _context_of(user)
    is_denied = status in DENIALS
    units = sorted(context.units) if is_denied else []
    with recorded(request=request_id, client=_client_of(request), context=context):
        for unit in units or [INSTALLATION]:
            record(
                "request.refused",
                by=user,
                unit=unit,
                outcome=Outcome.DENIED if is_denied else Outcome.FAILED,
                # The name of the page, never its address: an address may hold somebody's id.
                purpose=f"{status} {_page_of(request)}"[:60],
            )


def not_recorded(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The answer without data that stands for one whose event could not be written."""
    logger.exception("audit write failed, nothing shown: request %s", request_id)
    request.refusal_is_recorded = True  # type: ignore[attr-defined]
    # "Saved" was said by an answer that never was: reading the messages takes them back.
    list(get_messages(request))
    # Without the frame, which would ask the database again.
    response = HttpResponse(render_to_string("503.html"), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


class RecordedStream(Iterator[bytes]):
    """The pieces of an answer whose reading is in the log already.

    A piece that asks the database fails: its row would leave without an event. How the stream ended,
    when it did not end well, is an event of its own: it failed, or the reader went away.
    """

    def __init__(self, pieces: Iterator[bytes], at_a_bad_end: Callable[[str], None]) -> None:
        self.pieces, self.at_a_bad_end = pieces, at_a_bad_end
        self.is_over = False

    def __next__(self) -> bytes:
        try:
            with connection.execute_wrapper(_refuse_query):
                return next(self.pieces)
        except StopIteration:
            self.is_over = True
            raise
        except BaseException:
            self._end("request.stream_failed")
            raise

    def close(self) -> None:
        """Called by the web server, also when the reader has gone."""
        self._end("request.stream_left")
        if hasattr(self.pieces, "close"):
            self.pieces.close()

    def _end(self, action: str) -> None:
        if not self.is_over:
            self.is_over = True
            self.at_a_bad_end(action)


def _refuse_query(*_statement: Any) -> Any:
    raise QueryWhileStreaming


def _record_the_end(
    response: StreamingHttpResponse, request: HttpRequest, request_id: uuid.UUID
) -> None:
    user = _user_of(request)

    def at_a_bad_end(action: str) -> None:
        context = _context_of(user)
        with recorded(request=request_id, client=_client_of(request), context=context):
            record(action, by=user, outcome=Outcome.FAILED, purpose=_page_of(request)[:60])

    pieces = cast(Iterator[bytes], response.streaming_content)
    response.streaming_content = RecordedStream(pieces, at_a_bad_end)


def _user_of(request: HttpRequest) -> Actor | None:
    return cast(Actor, request.user) if request.user.is_authenticated else None


def _page_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _context_of(user: Actor | None) -> Context:
    """As whom the request speaks to PostgreSQL: looked up before its transaction begins."""
    return user.database_context() if user is not None else NOBODY


def _client_of(request: HttpRequest) -> str:
    """The door a request came through, told by the beginning of its address."""
    for prefix, client in DOORS:
        if request.path.startswith(prefix):
            return client
    return Client.WEB
