"""C3: what leaves in pieces is in the log before its first piece; a bad end is an event too."""

from collections.abc import Callable, Iterator
from typing import Any, cast
from unittest import mock

import pytest
from django.db import connections
from django.test import Client

from cases.accounts.models import User
from cases.audit.middleware import QueryWhileStreaming
from cases.audit.models import Event, Outcome
from cases.audit.verify import all_broken_links
from cases.casework.models import Case
from tests.audit.streams import PIECES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audit.streams")]


@pytest.fixture
def ask(case: Case, adviser: User, client_of: Callable[[User], Client]) -> Callable[[str], Any]:
    client = client_of(adviser)
    return lambda kind: client.get(f"/stream/{kind}")


def downloads() -> list[str]:
    return [e.outcome for e in Event.objects.filter(action="case.downloaded")]


def ends() -> list[tuple[str, str]]:
    return [(e.action, e.outcome) for e in Event.objects.filter(action__startswith="request.")]


def pieces_of(response: Any) -> Iterator[bytes]:
    return cast(Iterator[bytes], iter(response.streaming_content))


def leave(response: Any) -> None:
    """As a web server does when the reader has gone, but for the test's own connection."""
    with mock.patch.object(connections["default"], "close_if_unusable_or_obsolete"):
        response.close()


def test_c3_a_stream_is_recorded_before_its_first_byte(ask: Callable[[str], Any]) -> None:
    response = ask("whole")
    assert downloads() == [Outcome.DONE]
    assert b"".join(response.streaming_content) == b"".join(PIECES)
    assert ends() == []


def test_c3_a_stream_that_fails_is_told(ask: Callable[[str], Any]) -> None:
    pieces = pieces_of(ask("broken"))
    assert next(pieces) == PIECES[0]
    with pytest.raises(RuntimeError):
        next(pieces)
    assert downloads() == [Outcome.DONE]  # the first piece did leave
    assert ends() == [("request.stream_failed", Outcome.FAILED)]
    assert all_broken_links() == []


def test_c3_a_reader_who_goes_away_is_told(ask: Callable[[str], Any]) -> None:
    response = ask("whole")
    assert next(pieces_of(response)) == PIECES[0]
    leave(response)
    leave(response)  # a web server may close twice
    assert downloads() == [Outcome.DONE]
    assert ends() == [("request.stream_left", Outcome.FAILED)]


def test_c3_a_reader_who_goes_before_the_first_byte_is_told(ask: Callable[[str], Any]) -> None:
    leave(ask("whole"))
    assert ends() == [("request.stream_left", Outcome.FAILED)]


def test_c2_a_stream_without_an_event_does_not_leave(ask: Callable[[str], Any]) -> None:
    response = ask("unrecorded")
    assert response.status_code == 503
    assert PIECES[0] not in response.content


def test_c2_a_stream_without_an_audit_row_does_not_leave(
    ask: Callable[[str], Any], broken_audit: object
) -> None:
    response = ask("whole")
    assert response.status_code == 503
    assert PIECES[0] not in response.content


def test_c2_a_stream_can_not_show_a_row_read_after_its_event(ask: Callable[[str], Any]) -> None:
    pieces = pieces_of(ask("asking"))
    assert next(pieces) == PIECES[0]
    with pytest.raises(QueryWhileStreaming):
        next(pieces)
    assert ends() == [("request.stream_failed", Outcome.FAILED)]
