"""What the staff see of a message, and what the health pages see of the jobs."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from cases.appointments.models import Appointment
from cases.casework.models import TaskKind
from cases.reminders.health import JOBS, beats_and_overdue
from cases.reminders.ledger import STATES, ledger_for
from cases.reminders.models import Message, MessageState
from cases.reminders.outcomes import STATE_FOR
from cases.reminders.planning import plan_reminders
from cases.reminders.sending import send_due
from cases.reminders.words import TASK_FOR, Reason, reason_in_words
from tests.reminders.conftest import DUE, NOW, claim_due, number_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> None:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("state", "reason", "sentence"),
    [
        ("planned", "", "Will be sent 9 Feb 2027 at 10.00."),
        ("delivered", "", "Sent 9 Feb 2027 at 10.00, delivered."),
        ("withheld", Reason.SHARED_NUMBER,
         "Not sent: The number or address is shared by two people. Call."),
    ],
)  # fmt: skip
def test_a_message_in_words(due_message: Message, state: str, reason: str, sentence: str) -> None:
    Message.objects.update(state=state, reason=reason, handed_over_at=DUE)
    (line,) = ledger_for([due_message.appointment])[due_message.appointment_id]
    assert line.what == "SMS, the day before"
    assert line.sentence.replace("February", "Feb").replace(" kl. ", " at ") == sentence
    assert line.needs_somebody == (reason in TASK_FOR)


def test_every_state_has_words_and_a_colour() -> None:
    assert set(STATES) == set(MessageState)
    assert {colour for colour, _sentence in STATES.values()} <= {
        "info", "success", "warning", "danger", "neutral",
    }  # fmt: skip


def test_every_reason_has_a_sentence_and_no_task_without_one() -> None:
    assert all(reason_in_words(reason) for reason in Reason)
    assert reason_in_words("what?") == ""
    assert set(TASK_FOR.values()) == set(TaskKind) - {TaskKind.MOVE_MEETING}  # no reminder's
    assert set(TASK_FOR) | set(STATE_FOR) <= set(Reason)


def test_the_part_of_the_page_shows_neither_number_nor_text(due_message: Message) -> None:
    send_due(DUE)
    appointment = due_message.appointment
    part = render_to_string(
        "reminders/_ledger.html",
        {"ledger": ledger_for([appointment]), "appointment": appointment},
    )
    assert "SMS, the day before" in part
    assert "delivered" in part
    assert number_of(due_message) not in part
    assert "avtale" not in part


def test_the_ledger_costs_one_query(
    appointment: Appointment, django_assert_num_queries: object
) -> None:
    plan_reminders(NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(ledger_for([appointment])[appointment.pk]) == 3
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert ledger_for([]) == {}


def test_a_job_that_never_came_to_its_end_is_infinitely_late(due_message: Message) -> None:
    beats, _overdue = beats_and_overdue(NOW + timedelta(minutes=3))
    assert set(beats) == set(JOBS)
    assert beats["plan_reminders"] == timedelta(minutes=3)
    assert beats["send_reminders"] == timedelta.max
    send_due(DUE)
    beats, _overdue = beats_and_overdue(DUE)
    assert beats["send_reminders"] == timedelta(0)


def overdue_age(now: datetime) -> timedelta | None:
    return beats_and_overdue(now)[1]


def test_how_long_the_oldest_due_message_has_waited(due_message: Message) -> None:
    assert overdue_age(DUE - timedelta(minutes=1)) is None
    assert overdue_age(DUE + timedelta(minutes=11)) == timedelta(minutes=11)
    claim_due(DUE)
    assert overdue_age(DUE + timedelta(seconds=80)) is None
    assert overdue_age(DUE + timedelta(seconds=100)) == timedelta(seconds=10)


def test_nothing_waits_when_all_is_sent(due_message: Message) -> None:
    send_due(DUE)
    assert overdue_age(DUE + timedelta(days=1)) is None
