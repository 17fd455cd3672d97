"""C8: no name, number, note, reason or search word in any log, event or message to a worker."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.test import Client

from advisory.celery import app as celery_app
from advisory.logs import ContentFreeFormatter
from cases.accounts.models import User
from cases.audit.models import Event, EventPerson
from cases.audit.tasks import anchor_heads
from cases.casework.models import Case
from cases.people.actions import ContactDetails
from cases.reminders.tasks import plan_reminders, send_reminders

pytestmark = pytest.mark.django_db

NAME, FAMILY, NOTE, WORDS, REASON = (
    "Kanarinavn",
    "Kanarifamilie",
    "Kanarimerknad",
    "Kanarisok",
    "Kanarigrunn",
)
PHONE = "90000777"
TYPED_ADDRESS = "Kanariadresse"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the application log would hold, as its own formatter writes it."""
    caplog.set_level(logging.DEBUG)
    formatter = ContentFreeFormatter("{name} {message}", style="{")
    ours = ("cases", "advisory", "django.request", "django.security", "celery")
    return lambda: "\n".join(
        formatter.format(record) for record in caplog.records if record.name.startswith(ours)
    )


@pytest.fixture
def canaries(make_case: Callable[..., Case]) -> list[str]:
    case = make_case(
        given_name=NAME, family_name=FAMILY, contacts=[ContactDetails("mobile", f"+47{PHONE}")]
    )
    number = case.person.identity_numbers.get().digits
    return [NAME, FAMILY, NOTE, WORDS, REASON, PHONE, number, TYPED_ADDRESS]


def a_day_of_work(user: User, leader: User, case: Case) -> None:
    """Reading, writing, searching, being refused and failing, with every canary on the way."""
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(user)
    base = f"/cases/{case.pk}/"
    client.get(base)
    client.post(f"{base}note/", {"text": NOTE})
    client.post(f"{base}note/", {"text": ""})
    for words in (WORDS, NAME, PHONE, case.person.identity_numbers.get().digits):
        client.post("/search/", {"words": words})
    client.get(f"/{TYPED_ADDRESS}/?name={NAME}")
    client.post(f"{base}close/", {"outcome": REASON, "text": REASON})
    colleague = Client(raise_request_exception=False)
    colleague.force_login(leader)
    colleague.post(f"{base}declare/", {"reason": REASON, "note": REASON})
    Client(enforce_csrf_checks=True).post(f"{base}note/", {"text": NOTE})


def test_c8_events_and_logs_hold_no_content(
    canaries: list[str], adviser: User, leader: User, lines: Callable[[], str]
) -> None:
    a_day_of_work(adviser, leader, Case.objects.get())
    kept = [
        repr(list(model._base_manager.values_list()))
        for model in apps.get_app_config("audit").get_models()
    ]
    kept += [repr(list(LogEntry.objects.values_list())), lines()]
    assert Event.objects.reads().exists()
    assert EventPerson.objects.exists()
    found = [canary for canary in canaries for text in kept if canary.casefold() in text.casefold()]
    assert found == []


def test_c8_searches_are_told_by_a_keyed_hash_and_the_number_of_hits(
    canaries: list[str], adviser: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(adviser)
    for words in (f" {NAME.upper()}  ", NAME, "Nobody"):
        client.post("/search/", {"words": words})
    one, same, other = Event.objects.filter(action="cases.searched").order_by("at")
    assert len(one.words) == 64
    assert one.words == same.words != other.words
    assert [event.count for event in (one, same, other)] == [1, 1, 0]


def test_c8_an_error_is_logged_without_the_words_of_the_row(
    canaries: list[str], adviser: User, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], str]
) -> None:
    def fail(*_args: object) -> None:
        raise ValueError(f"{NAME} {PHONE}")

    monkeypatch.setattr("cases.desk.views.case.render", fail)
    client = Client(raise_request_exception=False)
    client.force_login(adviser)
    assert client.get(f"/cases/{Case.objects.get().pk}/").status_code == 500
    told = lines()
    assert "ValueError" in told
    assert [canary for canary in canaries if canary in told] == []


def test_c8_messages_to_the_worker_carry_nothing(
    canaries: list[str], settings: Any, tmp_path: Path
) -> None:
    """The broker's own files: a nudge is its name, and no argument."""
    options = {
        "data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }  # fmt: skip
    (tmp_path / "control").mkdir()
    with celery_app.connection_for_write("filesystem://", transport_options=options) as broker:
        for task in (plan_reminders, send_reminders, anchor_heads):
            task.apply_async(connection=broker)
    sent = [path.read_text("utf-8") for path in tmp_path.glob("*.msg")]
    assert len(sent) == 3
    for message in sent:
        headers = json.loads(message)["headers"]
        assert (headers["argsrepr"], headers["kwargsrepr"]) == ("()", "{}")
        assert [canary for canary in canaries if canary in message] == []


def test_c8_no_column_of_an_event_can_take_free_text() -> None:
    """Every text of an event is short: a code, a name of a page or a field, a hash."""
    lengths = {f.name: f.max_length for f in Event._meta.concrete_fields if f.max_length}
    assert max(lengths.values()) <= 120
