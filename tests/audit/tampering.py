"""What somebody with every right in the database could do to the log, and how to lift its guards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from cases.audit import triggers
from cases.audit.models import Event, EventPerson, Head, Seal
from cases.audit.record import record, recorded
from cases.audit.verify import MONTH_DROPPED


def write_events(unit: UUID, count: int = 3) -> None:
    for number in range(count):
        with recorded():
            record(f"number{number}.done", by=None, unit=unit, persons=[unit], fields=["b", "a"])


@contextmanager
def as_superuser() -> Iterator[None]:
    triggers.lift(connection)
    yield
    triggers.install(connection)


def chain(unit: UUID) -> list[Event]:
    return list(Event.objects.filter(unit=unit).order_by("sequence"))


def write_anew(events: list[Event]) -> None:
    """A chain that is whole in itself: every hash computed again, the head moved along."""
    unit = events[0].unit
    EventPerson.objects.filter(unit=unit).delete()
    Event.objects.filter(unit=unit).delete()
    previous = ""
    for sequence, event in enumerate(events, start=1):
        event.sequence, event.previous_hash = sequence, previous
        event.hash = previous = event.chained_hash()
    Event.objects.bulk_create(events)
    Head.objects.filter(unit=unit).update(sequence=len(events), hash=previous)


def change(unit: UUID) -> None:
    Event.objects.filter(unit=unit, sequence=2).update(action="other.done")


def delete(unit: UUID) -> None:
    Event.objects.filter(unit=unit, sequence=2).delete()


def insert(unit: UUID) -> None:
    """One more in the middle, the later ones moved up."""
    for event in reversed(chain(unit)[1:]):
        Event.objects.filter(pk=event.pk).update(sequence=event.sequence + 1)
    first = chain(unit)[0]
    made_up = Event(
        unit=unit, sequence=2, at=first.at, action="made.up", persons=[], previous_hash=first.hash
    )
    made_up.hash = made_up.chained_hash()
    made_up.save(force_insert=True)


def swap(unit: UUID) -> None:
    second, third = chain(unit)[1:3]
    Event.objects.filter(pk=second.pk).update(sequence=1000)
    Event.objects.filter(pk=third.pk).update(sequence=2)
    Event.objects.filter(pk=second.pk).update(sequence=3)


def change_a_clock(unit: UUID) -> None:
    event = chain(unit)[1]
    Event.objects.filter(pk=event.pk).update(at=event.at + timedelta(seconds=1))


def cut_the_tail(unit: UUID) -> None:
    """The last event gone, and the head moved back to the one before."""
    before, last = chain(unit)[-2:]
    EventPerson.objects.filter(event=last.pk).delete()
    Event.objects.filter(pk=last.pk).delete()
    Head.objects.filter(unit=unit).update(sequence=before.sequence, hash=before.hash)


def cut_everything(unit: UUID) -> None:
    EventPerson.objects.filter(unit=unit).delete()
    Event.objects.filter(unit=unit).delete()
    Head.objects.filter(unit=unit).delete()


def replace_the_chain(unit: UUID) -> None:
    """Every event is there, one tells something else, and every hash fits."""
    events = chain(unit)
    events[0].action = "other.done"
    write_anew(events)


def change_a_clock_and_write_anew(unit: UUID) -> None:
    events = chain(unit)
    events[-1].at += timedelta(seconds=1)
    write_anew(events)


def hide_from_the_person(unit: UUID) -> None:
    """The event stays, and the log of the person does not find it."""
    EventPerson.objects.filter(event=chain(unit)[0].pk).delete()


def cut_the_beginning(unit: UUID, month: date, sequence: int) -> None:
    """Everything up to this event is gone, and a seal and an event say that its month was dropped."""
    last = Event.objects.get(unit=unit, sequence=sequence)
    now = timezone.now()
    seal = Seal.objects.create(
        unit=unit, month=month, first_sequence=1, last_sequence=sequence, last_hash=last.hash,
        count=sequence, sealed_at=now, dropped_at=now, dropped_by=unit,
    )  # fmt: skip
    gone = Event.objects.filter(unit=unit, sequence__lte=sequence)
    EventPerson.objects.filter(event__in=gone.values("pk")).delete()
    gone.delete()
    with recorded():
        record(MONTH_DROPPED, by=None, unit=unit, target=seal, fields=seal.facts(), count=sequence)


# Seen by the chain itself, and seen only with what was anchored outside.
SEEN_ALONE = {
    "change": change, "delete": delete, "insert": insert, "swap": swap,
    "clock": change_a_clock, "register": hide_from_the_person,
}  # fmt: skip
SEEN_WITH_ANCHORS = {
    "tail": cut_the_tail, "everything": cut_everything, "replaced": replace_the_chain,
    "clock_anew": change_a_clock_and_write_anew,
}  # fmt: skip
