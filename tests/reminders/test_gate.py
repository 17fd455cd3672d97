"""Whom, when and about what a message may be: asked again at the moment of sending."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.audit.models import Event
from cases.casework.models import Case, Task
from cases.core.fields import Sealed
from cases.letters.models import TextTemplate
from cases.people.actions import ContactDetails
from cases.people.models import ContactPoint, Person, contact_lookup
from cases.reminders.models import Message, MessageEvent, MockDelivery
from cases.reminders.planning import plan_reminders
from cases.reminders.sending import send_due
from cases.reminders.words import TASK_FOR, Reason
from cases.units.models import ClosedDay, Unit
from tests import factories
from tests.reminders.conftest import DUE

pytestmark = pytest.mark.django_db
Change = Callable[[Message], Any]


def person_of(message: Message) -> Person:
    return message.appointment.case.person


def change_person(**values: Any) -> Change:
    return lambda m: Person.objects.filter(pk=person_of(m).pk).update(**values)


def change_mobile(**values: Any) -> Change:
    return lambda m: person_of(m).contact_points.filter(kind="mobile").update(**values)


def change_unit(**values: Any) -> Change:
    return lambda m: Unit.objects.filter(pk=m.unit_id).update(**values)


def change_appointment(**values: Any) -> Change:
    return lambda m: Appointment.objects.filter(pk=m.appointment_id).update(**values)


def withdraw(message: Message) -> None:
    by = message.appointment.booked_by
    change_mobile(withdrawn_at=timezone.now(), withdrawn_by=by)(message)


def restrict(message: Message) -> None:
    by = message.appointment.booked_by
    change_person(restricted_at=timezone.now(), restricted_by=by)(message)


def close_case(message: Message) -> None:
    Case.objects.filter(pk=message.appointment.case_id).update(
        closed_at=DUE, closed_by=message.appointment.booked_by, outcome="moved", next_due_at=None
    )


def set_number(number: str) -> Change:
    def change(message: Message) -> None:
        point = person_of(message).contact_points.get(kind="mobile")
        point.value, point.lookup = number, contact_lookup("mobile", number)
        point.save()

    return change


def share_number(message: Message) -> None:
    point = person_of(message).contact_points.get(kind="mobile")
    factories.make_person(
        message.unit,
        message.appointment.booked_by,
        contacts=[ContactDetails("mobile", point.value)],
    )


def sent_three_today(message: Message) -> None:
    for kind in ("week_before", "moved", "cancelled"):
        row = Message.objects.get(pk=message.pk)
        row.pk, row.kind, row.state = None, kind, "handed_over"
        row.id = uuid4()
        row.handed_over_at = DUE - timedelta(hours=1)
        row.save(force_insert=True)


def no_text(message: Message) -> None:
    TextTemplate.objects.filter(kind="reminder").delete()


def revealing_text(message: Message) -> None:
    TextTemplate.objects.filter(kind="reminder").update(body="Møt til narkotikasamtale {date}")


TABLE: list[tuple[str, Change, str, str]] = [
    ("moved", change_appointment(sequence=2), "superseded", Reason.APPOINTMENT_CHANGED),
    ("cancelled", change_appointment(status="cancelled"), "superseded", Reason.APPOINTMENT_CHANGED),
    ("held", change_appointment(status="held"), "superseded", Reason.APPOINTMENT_CHANGED),
    ("case closed", close_case, "superseded", Reason.APPOINTMENT_CHANGED),
    ("dead", change_person(deceased_on=DUE.date()), "withheld", Reason.DECEASED),
    ("confidential", change_person(protection="confidential"), "withheld", Reason.PROTECTED),
    ("strictly", change_person(protection="strictly"), "withheld", Reason.PROTECTED),
    ("restricted", restrict, "withheld", Reason.RESTRICTED),
    ("unit off", change_unit(sends_messages=False), "withheld", Reason.UNIT_OFF),
    ("withdrawn", withdraw, "withheld", Reason.NO_CONTACT),
    ("not wanted", change_mobile(messages_allowed=False), "withheld", Reason.NOT_ALLOWED),
    ("seen by others", change_mobile(shared_with_others=True), "withheld", Reason.SEEN_BY_OTHERS),
    ("shared", share_number, "withheld", Reason.SHARED_NUMBER),
    ("landline", set_number("+4722222222"), "withheld", Reason.NOT_A_MOBILE),
    ("nonsense", set_number("call me"), "withheld", Reason.NOT_A_MOBILE),
    ("too many today", sent_three_today, "withheld", Reason.CAP),
    ("no text", no_text, "withheld", Reason.NO_TEXT),
    ("revealing text", revealing_text, "withheld", Reason.NOT_NEUTRAL),
    ("revealing name", change_unit(neutral_name="Rusteam Vest"), "withheld", Reason.NOT_NEUTRAL),
    ("revealing sender", change_unit(neutral_sender="Politiet"), "withheld", Reason.NOT_NEUTRAL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "state", "reason"), TABLE, ids=[t[0] for t in TABLE])
def test_the_gate_withholds(
    due_message: Message, name: str, change: Change, state: str, reason: Reason
) -> None:
    change(due_message)
    send_due(DUE)
    due_message.refresh_from_db()
    assert (due_message.state, due_message.reason) == (state, reason)
    assert due_message.final_at == DUE
    assert not MockDelivery.objects.exists()
    assert list(Task.objects.values_list("kind", flat=True)) == (
        [TASK_FOR[reason]] if reason in TASK_FOR else []
    )
    assert MessageEvent.objects.filter(message=due_message, detail=reason).count() == 1
    assert Event.objects.filter(action=f"message.{state}", target=due_message.pk).count() == 1


@pytest.mark.parametrize("number", ["+4790012345", "+4740012345", "+46701740605"])
def test_a_mobile_gets_it(due_message: Message, number: str) -> None:
    set_number(number)(due_message)
    assert send_due(DUE).handed_over == 1
    assert MockDelivery.objects.get().to == number


def test_the_same_number_in_another_unit_is_no_obstacle(
    due_message: Message, other_unit: Unit, outsider: User
) -> None:
    number = person_of(due_message).contact_points.get(kind="mobile").value
    factories.make_person(other_unit, outsider, contacts=[ContactDetails("mobile", number)])
    assert send_due(DUE).handed_over == 1


def test_the_second_number_is_used_when_the_first_may_not_be(
    due_message: Message, unit: Unit
) -> None:
    change_mobile(messages_allowed=False)(due_message)
    person = person_of(due_message)
    number = "+4790077777"
    ContactPoint.objects.create(
        unit=unit,
        person=person,
        kind="mobile",
        value=number,
        lookup=contact_lookup("mobile", number),
    )
    send_due(DUE)
    assert MockDelivery.objects.get().to == number


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (
            datetime(2027, 2, 9, 19, 30, tzinfo=UTC),
            None,
        ),  # the first open hour is after the cut-off
        (datetime(2027, 2, 7, 12, 0, tzinfo=UTC), datetime(2027, 2, 8, 7, 0, tzinfo=UTC)),  # Sunday
        (datetime(2027, 2, 8, 22, 0, tzinfo=UTC), datetime(2027, 2, 9, 7, 0, tzinfo=UTC)),
    ],
)
def test_in_quiet_hours_it_waits_or_is_too_late(
    due_message: Message, now: datetime, opens: datetime | None
) -> None:
    Message.objects.update(try_at=now - timedelta(hours=1))
    send_due(now)
    due_message.refresh_from_db()
    if opens is None:
        assert (due_message.state, due_message.reason) == ("too_late", Reason.TOO_LATE)
    else:
        assert (due_message.state, due_message.try_at) == ("planned", opens)
        assert due_message.attempt == 0
    assert not MockDelivery.objects.exists()


def test_a_day_the_unit_is_closed_is_quiet(due_message: Message, unit: Unit) -> None:
    ClosedDay.objects.create(unit=unit, day=DUE.date())
    send_due(DUE)
    due_message.refresh_from_db()
    assert due_message.state == "too_late"


def test_after_the_cut_off_it_is_too_late_and_a_task(due_message: Message) -> None:
    send_due(due_message.not_after + timedelta(seconds=1))
    due_message.refresh_from_db()
    assert due_message.state == "too_late"
    assert Task.objects.get().kind == "call_person"


def test_both_ways_withheld_ask_for_one_call(
    make_appointment: Callable[..., Appointment],
) -> None:
    appointment = make_appointment(datetime(2027, 2, 10, 9, 0, tzinfo=UTC))
    plan_reminders(DUE - timedelta(days=8))
    Person.objects.filter(pk=appointment.case.person_id).update(protection="strictly")
    send_due(DUE - timedelta(days=5))
    assert Message.objects.filter(kind="week_before", state="withheld").count() == 2
    assert Task.objects.count() == 1


def test_in_production_a_way_that_is_not_set_up_is_a_task(
    due_message: Message, settings: Any
) -> None:
    settings.PRODUCTION = True
    settings.SMS_URL = settings.EMAIL_URL = ""
    send_due(DUE)
    due_message.refresh_from_db()
    assert (due_message.state, due_message.reason) == ("withheld", Reason.NO_GATEWAY)
    assert Task.objects.get().kind == "call_person"


def test_k3_a_shared_number_is_noticed_while_the_index_key_rotates(
    due_message: Message, settings: Any
) -> None:
    """The other person's number was written with the next key: two hashes, one telephone."""
    *others, old = settings.FIELD_KEYS.split(",")
    settings.FIELD_KEYS = ",".join([*others, f"index-next:{'QUFB' * 10}QUE=", old])
    share_number(due_message)
    lookups = ContactPoint.objects.filter(kind="mobile").values_list("lookup", flat=True)
    assert len(set(lookups)) == len(lookups) == 2
    send_due(DUE)
    due_message.refresh_from_db()
    assert due_message.reason == Reason.SHARED_NUMBER


def test_k3_a_number_of_ones_own_is_used_while_the_index_key_rotates(
    due_message: Message, settings: Any
) -> None:
    *others, old = settings.FIELD_KEYS.split(",")
    settings.FIELD_KEYS = ",".join([*others, f"index-next:{'QUFB' * 10}QUE=", old])
    factories.make_person(due_message.unit, due_message.appointment.booked_by)
    assert send_due(DUE).handed_over == 1


def test_k3_one_value_that_does_not_open_stops_no_other_while_the_index_key_rotates(
    due_message: Message, make_appointment: Callable[..., Appointment], settings: Any
) -> None:
    *others, old = settings.FIELD_KEYS.split(",")
    settings.FIELD_KEYS = ",".join([*others, f"index-next:{'QUFB' * 10}QUE=", old])
    person = person_of(due_message)
    make_appointment(due_message.appointment.starts_at)
    plan_reminders(DUE - timedelta(days=1))
    ContactPoint.objects.filter(person=person).update(value=Sealed(b"torn"))
    assert send_due(DUE).handed_over == 1
    assert MockDelivery.objects.exclude(message=due_message).count() == 1
    due_message.refresh_from_db()
    assert (due_message.state, due_message.attempt) == ("planned", 1), "it is tried again by itself"
