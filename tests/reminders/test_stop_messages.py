"""What has not left is stopped; what may have left becomes a question."""

from datetime import timedelta

import pytest

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.audit.models import Event
from cases.casework.models import Task
from cases.reminders.actions import stop_waiting_messages
from cases.reminders.channels.base import Answer, Outcome
from cases.reminders.channels.mock import MockPhone
from cases.reminders.models import Message, MessageEvent, MockDelivery
from cases.reminders.planning import plan_reminders
from cases.reminders.receipts import apply_receipt
from cases.reminders.sending import keep_outcomes, send_due
from tests.reminders.conftest import DUE, claim_due

pytestmark = pytest.mark.django_db


def test_a_stopped_message_is_never_sent_and_never_planned_again(
    due_message: Message, adviser: User
) -> None:
    case = due_message.appointment.case
    assert stop_waiting_messages(case=case, by=adviser) == Message.objects.count() > 0
    plan_reminders(DUE)
    send_due(DUE)
    assert set(Message.objects.values_list("state", "reason")) == {("withheld", "stopped")}
    assert not MockDelivery.objects.exists()
    assert set(Task.objects.values_list("kind", flat=True)) == {"call_person"}
    assert MessageEvent.objects.filter(message=due_message, detail="stopped").count() == 1
    assert Event.objects.get(action="messages.stopped").actor == adviser.pk


def test_what_may_have_left_is_a_question_for_a_person(due_message: Message, adviser: User) -> None:
    Message.objects.filter(pk=due_message.pk).update(state="unclear", unclear_since=DUE)
    stopped = stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    due_message.refresh_from_db()
    assert (due_message.state, due_message.reason) == ("needs_person", "no_answer")
    assert stopped == Message.objects.filter(state="withheld").count(), "it is not counted"


@pytest.mark.parametrize("answer", list(Answer))
def test_what_is_being_handed_over_is_a_question_and_not_tried_again(
    due_message: Message, adviser: User, answer: Answer
) -> None:
    """The worker has let go of the row, and comes back with what the gateway said."""
    (claimed,) = claim_due(DUE)
    stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    keep_outcomes([claimed], {claimed.pk: Outcome(answer)}, MockPhone(), DUE)
    for later in (DUE, DUE + timedelta(hours=1)):
        plan_reminders(later)
        send_due(later)
    due_message.refresh_from_db()
    assert (due_message.state, due_message.reason) == ("needs_person", "no_answer")
    assert not MockDelivery.objects.exists()
    assert "settle_message" in Task.objects.values_list("kind", flat=True)


def test_a_receipt_still_settles_what_was_being_handed_over(
    due_message: Message, adviser: User
) -> None:
    claim_due(DUE)
    stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    apply_receipt(message_id=due_message.pk, provider_id="", status="delivered", now=DUE)
    due_message.refresh_from_db()
    assert due_message.state == "delivered"


def test_what_is_not_planned_yet_is_stopped_with_the_rest(
    appointment: Appointment, adviser: User
) -> None:
    """The job that plans may be late, or stand still."""
    assert stop_waiting_messages(case=appointment.case, by=adviser) > 0
    plan_reminders(DUE)
    send_due(DUE)
    assert set(Message.objects.values_list("state", "reason")) == {("withheld", "stopped")}
    assert not MockDelivery.objects.exists()


def test_what_has_left_is_left_alone(due_message: Message, adviser: User) -> None:
    Message.objects.update(state="handed_over", handed_over_at=DUE)
    stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    due_message.refresh_from_db()
    assert due_message.state == "handed_over"


def test_no_audit_nothing_stopped(
    due_message: Message, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    assert set(Message.objects.values_list("state", flat=True)) == {"planned"}
