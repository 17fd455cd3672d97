"""What has not left is stopped; what may have left becomes a question."""

import pytest

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Task
from cases.reminders.actions import stop_waiting_messages
from cases.reminders.models import Message, MessageEvent, MockDelivery
from cases.reminders.planning import plan_reminders
from cases.reminders.sending import send_due
from tests.reminders.conftest import DUE

pytestmark = pytest.mark.django_db


def test_a_stopped_message_is_never_sent_and_never_planned_again(
    due_message: Message, adviser: User
) -> None:
    case = due_message.appointment.case
    planned = Message.objects.filter(state="planned").count()
    assert stop_waiting_messages(case=case, by=adviser) == planned > 0
    plan_reminders(DUE)
    send_due(DUE)
    assert set(Message.objects.values_list("state", "reason")) == {("withheld", "stopped")}
    assert not MockDelivery.objects.exists()
    assert Task.objects.get().kind == "call_person"
    assert MessageEvent.objects.filter(message=due_message, detail="stopped").count() == 1
    assert Event.objects.get(action="messages.stopped").actor == adviser.pk


def test_what_may_have_left_is_a_question_for_a_person(due_message: Message, adviser: User) -> None:
    Message.objects.filter(pk=due_message.pk).update(state="unclear", unclear_since=DUE)
    stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    due_message.refresh_from_db()
    assert (due_message.state, due_message.reason) == ("needs_person", "no_answer")


def test_what_has_left_is_left_alone(due_message: Message, adviser: User) -> None:
    Message.objects.update(state="handed_over", handed_over_at=DUE)
    assert stop_waiting_messages(case=due_message.appointment.case, by=adviser) == 0


def test_no_audit_nothing_stopped(
    due_message: Message, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        stop_waiting_messages(case=due_message.appointment.case, by=adviser)
    assert set(Message.objects.values_list("state", flat=True)) == {"planned"}
