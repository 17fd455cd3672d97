"""F12: the same form twice, by double click, second tab or back button, acts once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from cases.accounts.models import User
from cases.audit import record as audit_record
from cases.casework.models import Case, Note
from tests.transport.forms import FORM_DATA, forms_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def send_note(case: Case, adviser: User, client_of: Callable[[User], Client]) -> Any:
    """Open the page of a note, and send it as often as asked."""
    browser = client_of(adviser)
    path = f"/cases/{case.pk}/note/"

    def send(text: str, times: int = 1) -> list[Any]:
        form = forms_of(browser.get(path).content.decode())[-1]
        body = urlencode({**form.filled(), "text": text}, doseq=True)
        return [browser.post(path, body, content_type=FORM_DATA) for _ in range(times)]

    return send


def test_f12_a_double_click_writes_one_note(send_note: Any) -> None:
    first, second = send_note("Ringte, ingen svarte.", times=2)
    assert Note.objects.count() == 1
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Location"] == first.headers["Location"]


def test_f12_the_same_text_from_a_new_page_is_a_new_note(send_note: Any) -> None:
    send_note("Ringte, ingen svarte.")
    send_note("Ringte, ingen svarte.")
    assert Note.objects.count() == 2


def test_f12_what_was_refused_may_be_sent_again(send_note: Any) -> None:
    assert [answer.status_code for answer in send_note("", times=2)] == [422, 422]


def test_f12_what_the_log_refused_may_be_sent_again(
    case: Case, adviser: User, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note that a form has acted goes with the act when the audit write fails."""
    browser, path = client_of(adviser), f"/cases/{case.pk}/note/"
    form = forms_of(browser.get(path).content.decode())[-1]
    body = urlencode({**form.filled(), "text": "Ringte."}, doseq=True)

    def refuse(events: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(audit_record, "_write", refuse)
        assert browser.post(path, body, content_type=FORM_DATA).status_code == 503
    assert not Note.objects.exists()
    assert browser.post(path, body, content_type=FORM_DATA).status_code == 302
    assert Note.objects.count() == 1


def test_f12_two_tabs_with_different_words_are_two(send_note: Any) -> None:
    send_note("Ringte.")
    send_note("Ringte igjen.")
    assert Note.objects.count() == 2
