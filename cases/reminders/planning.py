"""Rows for messages that are to go out, made from what the appointments are now.

Booking, moving and cancelling know nothing of messages. Whatever was missed is planned at the next
run, and a second run plans nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.appointments.models import Appointment, AppointmentStatus
from cases.audit.record import recorded
from cases.casework.models import Case
from cases.core.database.context import WORKER, speaking_as
from cases.people.models import ContactPoint, Protection
from cases.reminders.channels import channels_set_up
from cases.reminders.health import PLANNING, beat
from cases.reminders.models import Channel, Heartbeat, Message, MessageKind, MessageState
from cases.reminders.rules import CONTACT_FOR, RuleBook, open_hours
from cases.reminders.times import OpenHours, Times, times_of
from cases.reminders.words import Reason
from cases.reminders.writing import tell
from cases.units.models import Unit

CHUNK = 500
BEFORE_EVERY_ID = UUID(int=0)
CLOSE_TOGETHER = timedelta(hours=24)


def plan_reminders(now: datetime) -> int:
    """Supersede what the appointments have left behind and plan what is missing: how many rows."""
    supersede(now)
    with speaking_as(WORKER):
        book = RuleBook()
    made = sum(_plan(chunk, book, now) for chunk in _chunks(now))
    with speaking_as(WORKER):
        beat(PLANNING, now)
    return made


def plan_for(case: Case, now: datetime) -> int:
    """What is missing for one case, in the transaction at hand: how many rows."""
    return _plan(list(_wanting_messages(now).filter(case=case)), RuleBook(), now)


def supersede(now: datetime) -> int:
    """End what is planned for an appointment that was moved, cancelled or held: how many rows.

    A row that is being claimed this moment is skipped: the gate looks again before it is sent.
    """
    with recorded(context=WORKER):
        stale = list(
            Message.objects.of_another_appointment_time()
            .select_for_update(skip_locked=True, of=("self",))
            .annotate(case_id=F("appointment__case"), person_id=F("appointment__case__person"))
        )
        ended = {"state": MessageState.SUPERSEDED, "reason": Reason.APPOINTMENT_CHANGED}
        Message.objects.filter(pk__in=[m.pk for m in stale]).update(final_at=now, **ended)
        for message in stale:
            message.state, message.reason = ended["state"], ended["reason"]
        tell(stale, now)
    return len(stale)


def _chunks(now: datetime) -> Iterator[list[Appointment]]:
    last = BEFORE_EVERY_ID
    while chunk := _chunk_after(last, now):
        yield chunk
        last = chunk[-1].pk


def _chunk_after(last: UUID, now: datetime) -> list[Appointment]:
    with speaking_as(WORKER):
        return list(_wanting_messages(now).filter(pk__gt=last).order_by("pk")[:CHUNK])


def _wanting_messages(now: datetime) -> QuerySet[Appointment]:
    """Future appointments: booked ones, and cancelled ones that the person may have heard of.

    `agreed_at` is when the present time and place were settled, `cancelled_at` when they were not
    any more.
    """
    heard_of = Message.objects.may_have_reached().filter(appointment=OuterRef("pk"))
    cancellation = Q(changes__is_cancellation=True)
    moved_at = Max("changes__changed_at", filter=~cancellation)
    return (
        Appointment.objects.filter(starts_at__gt=now, unit__sends_messages=True)
        .filter(case__person__deceased_on=None)
        .filter(
            Q(status=AppointmentStatus.BOOKED, case__closed_at=None)
            | Q(Exists(heard_of), status=AppointmentStatus.CANCELLED)
        )
        .annotate(
            agreed_at=Coalesce(moved_at, "booked_at"),
            cancelled_at=Max("changes__changed_at", filter=cancellation),
            person_id=F("case__person"),
            protection=F("case__person__protection"),
        )
    )


@dataclass(frozen=True)
class Known:
    """What is known about a chunk of appointments, read with the same few queries for any number."""

    hours: dict[UUID, OpenHours]
    contacts: set[tuple[UUID, str]]  # person and kind of contact point
    planned: dict[UUID, set[tuple[int, str, str]]]  # appointment: sequence, kind, channel
    heard: dict[UUID, set[int]]  # appointment: sequences the person may have heard of


def _plan(chunk: list[Appointment], book: RuleBook, now: datetime) -> int:
    with recorded(context=WORKER):
        # One planner at a time: the second waits here, and then finds nothing missing.
        Heartbeat.objects.select_for_update().get_or_create(
            job=PLANNING, defaults={"beaten_at": now}
        )
        known = _look_up(chunk, now)
        missing = [m for appointment in chunk for m in _missing(appointment, known, book, now)]
        Message.objects.bulk_create(missing)
        tell(missing, now)
    return len(missing)


def _look_up(chunk: list[Appointment], now: datetime) -> Known:
    units = Unit.objects.in_bulk({a.unit_id for a in chunk})
    contacts = ContactPoint.objects.usable().filter(
        person__in={a.person_id for a in chunk}, kind__in=CONTACT_FOR.values()
    )
    messages = Message.objects.filter(appointment__in=chunk)
    planned: dict[UUID, set[Any]] = defaultdict(set)
    heard: dict[UUID, set[int]] = defaultdict(set)
    for appointment, *what in messages.values_list("appointment", "sequence", "kind", "channel"):
        planned[appointment].add(tuple(what))
    for appointment, sequence in messages.may_have_reached().values_list("appointment", "sequence"):
        heard[appointment].add(sequence)
    return Known(
        hours=open_hours(units, now),
        contacts=set(contacts.values_list("person", "kind")),
        planned=planned,
        heard=heard,
    )


def _missing(
    appointment: Appointment, known: Known, book: RuleBook, now: datetime
) -> Iterator[Message]:
    for kind, times in _kinds(appointment, known, book, now).items():
        for channel, reason in _channels(appointment, kind, known, book):
            if (appointment.sequence, kind, channel) not in known.planned[appointment.pk]:
                yield _row(appointment, kind, channel, times, reason or times.reason, now)


def _kinds(
    appointment: Appointment, known: Known, book: RuleBook, now: datetime
) -> dict[str, Times]:
    """What this appointment asks for, and when."""
    if appointment.status == AppointmentStatus.CANCELLED:
        wanted = {MessageKind.CANCELLED: appointment.cancelled_at}
    else:
        wanted = dict.fromkeys(
            (MessageKind.WEEK_BEFORE, MessageKind.DAY_BEFORE), appointment.agreed_at
        )
        if any(sequence < appointment.sequence for sequence in known.heard[appointment.pk]):
            wanted[MessageKind.MOVED] = appointment.agreed_at
    hours = known.hours[appointment.unit_id]
    kinds: dict[str, Times] = {}
    for kind, since in wanted.items():
        times = times_of(kind, appointment.starts_at, since, now, hours)
        if times is not None and book.channels(appointment.unit_id, kind):
            kinds[kind] = times
    week, day = kinds.get(MessageKind.WEEK_BEFORE), kinds.get(MessageKind.DAY_BEFORE)
    if week and day and day.planned_at - week.planned_at < CLOSE_TOGETHER:
        del kinds[MessageKind.WEEK_BEFORE]  # after Easter both would arrive on the same Wednesday
    return kinds


def _channels(
    appointment: Appointment, kind: str, known: Known, book: RuleBook
) -> list[tuple[Channel, str]]:
    """By which channels, each with the reason why nothing is sent, if that is known already.

    A protected person gets one row that says so. Whoever can not be reached gets one row too: at
    its time it is sent if there is a number by then, and becomes a task if there is none.
    """
    channels = book.channels(appointment.unit_id, kind)
    if appointment.protection != Protection.NONE:
        return [(channels[0], Reason.PROTECTED)]
    set_up = channels_set_up()
    reachable = [
        channel
        for channel in channels
        if channel in set_up and (appointment.person_id, CONTACT_FOR[channel]) in known.contacts
    ]
    return [(channel, "") for channel in reachable or channels[:1]]


def _row(
    appointment: Appointment, kind: str, channel: str, times: Times, reason: str, now: datetime
) -> Message:
    message = Message(
        unit_id=appointment.unit_id,
        appointment_id=appointment.pk,
        sequence=appointment.sequence,
        kind=kind,
        channel=channel,
        planned_at=times.planned_at,
        not_after=times.not_after,
        try_at=times.planned_at,
        reason=reason,
        created_at=now,
    )
    if reason:
        late = reason == Reason.TOO_LATE
        message.state = MessageState.TOO_LATE if late else MessageState.WITHHELD
        message.final_at = now
    message.case_id, message.person_id = appointment.case_id, appointment.person_id
    return message
