"""What is planned follows from what the appointments are, and from nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.models import Appointment, AppointmentChange
from cases.audit.models import Event
from cases.casework.models import Case, Task
from cases.people.actions import ContactDetails
from cases.reminders.models import Message, MessageState, ReminderRule
from cases.reminders.planning import plan_reminders, supersede
from cases.reminders.words import Reason
from cases.units.models import ClosedDay, Unit
from tests.reminders.conftest import NOW

MakeAppointment = Callable[..., Appointment]
pytestmark = pytest.mark.django_db


def rows(**where: Any) -> set[tuple[int, str, str, str]]:
    found = Message.objects.filter(**where)
    return set(found.values_list("sequence", "kind", "channel", "state"))


def change(
    appointment: Appointment, at: datetime, by: User, *, cancel: bool = False, days: int = 0
) -> None:
    """What `move` and `cancel` leave behind, at a moment of our choosing."""
    AppointmentChange.objects.create(
        appointment=appointment,
        unit=appointment.unit,
        was_starting_at=appointment.starts_at,
        was_place=appointment.place,
        was_adviser=appointment.adviser,
        is_cancellation=cancel,
        asked_for_by="unit",
        changed_at=at,
        changed_by=by,
    )
    if cancel:
        appointment.status = "cancelled"
    else:
        appointment.sequence += 1
        appointment.starts_at += timedelta(days=days)
        appointment.ends_at += timedelta(days=days)
    appointment.save()


def hand_over(**where: Any) -> None:
    Message.objects.filter(**where).update(state="handed_over", handed_over_at=NOW)


def test_a_booked_appointment_gets_the_rows_of_the_rules(appointment: Appointment) -> None:
    assert plan_reminders(NOW) == 3
    assert rows() == {
        (1, "week_before", "sms", "planned"),
        (1, "week_before", "email", "planned"),
        (1, "day_before", "sms", "planned"),
    }
    assert Event.objects.filter(action="message.planned").count() == 3


def test_a_second_run_plans_nothing(appointment: Appointment) -> None:
    plan_reminders(NOW)
    assert plan_reminders(NOW + timedelta(seconds=30)) == 0
    assert Message.objects.count() == 3


def test_a_row_says_when_and_until_when(appointment: Appointment) -> None:
    plan_reminders(NOW)
    message = Message.objects.get(kind="day_before")
    assert message.planned_at == message.try_at == datetime(2027, 2, 9, 9, 0, tzinfo=UTC)
    assert message.not_after == appointment.starts_at - timedelta(hours=3)


def test_the_units_own_rule_goes_before_the_shared_one(
    appointment: Appointment, unit: Unit
) -> None:
    ReminderRule.objects.create(unit=unit, kind="week_before", channel="sms", is_on=False)
    ReminderRule.objects.create(unit=unit, kind="day_before", channel="email", is_on=True)
    plan_reminders(NOW)
    assert {(kind, channel) for _n, kind, channel, _s in rows()} == {
        ("week_before", "email"),
        ("day_before", "sms"),
        ("day_before", "email"),
    }


def test_only_the_ways_the_person_can_be_reached_by(make_appointment: MakeAppointment) -> None:
    make_appointment(NOW + timedelta(days=9), contacts=[ContactDetails("mobile", "+4790012345")])
    plan_reminders(NOW)
    assert {(kind, channel) for _n, kind, channel, _s in rows()} == {
        ("week_before", "sms"),
        ("day_before", "sms"),
    }


def test_who_can_not_be_reached_at_all_is_not_forgotten(make_appointment: MakeAppointment) -> None:
    make_appointment(NOW + timedelta(days=9), contacts=[])
    plan_reminders(NOW)
    assert Message.objects.filter(state="planned").count() == 2


def test_a_contact_added_later_is_planned_for(
    appointment: Appointment, unit: Unit, adviser: User
) -> None:
    person = appointment.case.person
    person.contact_points.filter(kind="email").update(
        withdrawn_at=timezone.now(), withdrawn_by=adviser
    )
    plan_reminders(NOW)
    assert Message.objects.filter(channel="email").count() == 0
    person.contact_points.update(withdrawn_at=None, withdrawn_by=None)
    assert plan_reminders(NOW) == 1


@pytest.mark.parametrize("protection", ["confidential", "strictly"])
def test_a_protected_person_gets_nothing_and_the_staff_a_task(
    make_appointment: MakeAppointment, protection: str
) -> None:
    appointment = make_appointment(NOW + timedelta(days=9), protection=protection)
    plan_reminders(NOW)
    assert {row[3] for row in rows()} == {"withheld"}
    assert set(Message.objects.values_list("reason", flat=True)) == {Reason.PROTECTED}
    due = set(Message.objects.values_list("planned_at", flat=True))
    tasks = Task.objects.filter(case=appointment.case, kind="call_person")
    assert set(tasks.values_list("due_at", flat=True)) == due


def test_protected_rows_are_seen_by_the_cleared_only(
    make_appointment: MakeAppointment, adviser: User, cleared: User, outsider: User
) -> None:
    make_appointment(NOW + timedelta(days=9), protection="strictly")
    plan_reminders(NOW)
    assert Message.objects.visible_to(cleared).count() == 2
    assert not Message.objects.visible_to(adviser).exists()
    assert not Message.objects.visible_to(outsider).exists()


def test_a_unit_that_sends_nothing_plans_nothing(appointment: Appointment, unit: Unit) -> None:
    Unit.objects.filter(pk=unit.pk).update(sends_messages=False)
    assert plan_reminders(NOW) == 0


def test_nothing_for_the_dead_the_closed_and_the_past(
    make_appointment: MakeAppointment, adviser: User
) -> None:
    make_appointment(NOW - timedelta(hours=1))
    dead = make_appointment(NOW + timedelta(days=9))
    dead.case.person.deceased_on = date(2027, 1, 30)
    dead.case.person.save()
    closed = make_appointment(NOW + timedelta(days=9))
    Case.objects.filter(pk=closed.case.pk).update(
        closed_at=NOW, closed_by=adviser, outcome="moved", next_due_at=None
    )
    assert plan_reminders(NOW) == 0


def test_closed_days_are_the_units_own(
    appointment: Appointment, unit: Unit, other_unit: Unit
) -> None:
    ClosedDay.objects.create(unit=other_unit, day=date(2027, 2, 9))
    ClosedDay.objects.create(unit=unit, day=date(2027, 2, 4))
    plan_reminders(NOW)
    assert Message.objects.get(kind="day_before").planned_at.day == 9
    assert {m.planned_at.day for m in Message.objects.filter(kind="week_before")} == {3}


def test_a_week_before_and_a_day_before_never_come_on_one_day(
    make_appointment: MakeAppointment,
) -> None:
    # The Tuesday after Easter: both would be the Wednesday before.
    make_appointment(datetime(2027, 3, 30, 8, 0, tzinfo=UTC))
    plan_reminders(NOW)
    assert {kind for _n, kind, _c, _s in rows()} == {"day_before"}


def test_moved_before_anything_was_sent_replaces_what_was_planned(
    appointment: Appointment, adviser: User
) -> None:
    plan_reminders(NOW)
    change(appointment, NOW + timedelta(hours=1), adviser, days=2)
    plan_reminders(NOW + timedelta(hours=1))
    assert {row for row in rows(sequence=1)} == {
        (1, "week_before", "sms", "superseded"),
        (1, "week_before", "email", "superseded"),
        (1, "day_before", "sms", "superseded"),
    }
    assert {kind for _n, kind, _c, _s in rows(sequence=2)} == {"week_before", "day_before"}


@pytest.mark.parametrize(
    "state", ["claimed", "handed_over", "delivered", "undelivered", "unclear", "needs_person"]
)
def test_moved_after_a_message_may_have_come_tells_the_new_time(
    appointment: Appointment, adviser: User, state: str
) -> None:
    plan_reminders(NOW)
    Message.objects.filter(kind="week_before", channel="sms").update(state=state, lease_until=NOW)
    moved_at = NOW + timedelta(days=4, hours=1)
    change(appointment, moved_at, adviser, days=2)
    plan_reminders(moved_at)
    assert rows(kind="moved") == {(2, "moved", "sms", "planned"), (2, "moved", "email", "planned")}
    message = Message.objects.filter(kind="moved").first()
    assert message is not None
    assert message.planned_at == moved_at
    assert message.not_after == appointment.starts_at


def test_cancelled_after_a_message_may_have_come_tells_so(
    appointment: Appointment, adviser: User
) -> None:
    plan_reminders(NOW)
    hand_over(kind="week_before", channel="email")
    change(appointment, NOW + timedelta(days=4), adviser, cancel=True)
    plan_reminders(NOW + timedelta(days=4))
    assert rows(kind="cancelled", state="planned")
    assert rows(kind="day_before") == {(1, "day_before", "sms", "superseded")}
    assert plan_reminders(NOW + timedelta(days=4, seconds=30)) == 0


def test_cancelled_before_anything_was_sent_tells_nobody(
    appointment: Appointment, adviser: User
) -> None:
    plan_reminders(NOW)
    change(appointment, NOW, adviser, cancel=True)
    plan_reminders(NOW)
    assert {row[3] for row in rows()} == {"superseded"}


def test_a_recorded_result_ends_what_was_planned(appointment: Appointment) -> None:
    plan_reminders(NOW)
    Appointment.objects.filter(pk=appointment.pk).update(status="held")
    assert supersede(NOW) == 3
    assert Event.objects.filter(action="message.superseded").count() == 3


def test_planned_too_late_is_a_row_with_a_reason_and_a_task(appointment: Appointment) -> None:
    plan_reminders(appointment.starts_at - timedelta(hours=2))
    message = Message.objects.get()
    assert (message.kind, message.state) == ("day_before", MessageState.TOO_LATE)
    assert Task.objects.get().reason == Reason.TOO_LATE


def test_the_number_of_queries_does_not_grow(make_appointment: MakeAppointment) -> None:
    counts = []
    for more in (1, 1, 5):  # the first one also writes the heartbeat's row
        for _ in range(more):
            make_appointment(NOW + timedelta(days=9))
        with CaptureQueriesContext(connection) as queries:
            plan_reminders(NOW)
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_without_the_audit_nothing_is_planned(
    appointment: Appointment, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        plan_reminders(NOW)
    assert not Message.objects.exists()


def test_the_command_plans_what_the_job_plans(
    appointment: Appointment, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("plan_reminders", "--now", "2027-02-01T09:00")
    assert "planned: 3" in capsys.readouterr().out
