"""Months of the log: which have ended, and the reviewed door through which one leaves.

Events are append-only for everybody. The one exception is a month that was sealed long enough ago:
the database lets its rows go in one statement of its own, and refuses again before the transaction
ends. On PostgreSQL that statement is a function of the owner (SECURITY DEFINER), which looks at the
seal, its events and the clock itself: it believes no seal. The role of the program has no other way
to delete an event, and makes no seals; the auditor's job does.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models
from django.db.models import Max, Min

from cases.audit import triggers
from cases.audit.models import MONTHS_KEPT, Event, Seal

FUNCTION = "audit_drop_sealed_month"
# By number, a month may hold an event that was written around midnight by another clock.
AROUND_MIDNIGHT = "1 hour"
# Locks the log for as long as it takes: a month is dropped once a month, at night.
POSTGRES_DOOR = [
    f"""
CREATE OR REPLACE FUNCTION {FUNCTION}(seal_id uuid, actor uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sealed public.audit_seal;
    dropped bigint;
BEGIN
    SELECT * INTO sealed FROM public.audit_seal WHERE id = seal_id AND dropped_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such sealed month';
    END IF;
    IF sealed.month >= date_trunc('month', now() AT TIME ZONE 'UTC')
                       - interval '{MONTHS_KEPT} months' THEN
        RAISE EXCEPTION 'the month is not old enough';
    END IF;
    IF EXISTS (SELECT 1 FROM public.audit_seal WHERE unit = sealed.unit AND dropped_at IS NULL
               AND month < sealed.month) THEN
        RAISE EXCEPTION 'an older month comes first';
    END IF;
    IF EXISTS (SELECT 1 FROM public.audit_event WHERE unit = sealed.unit
               AND sequence BETWEEN sealed.first_sequence AND sealed.last_sequence
               AND (at < (sealed.month - interval '{AROUND_MIDNIGHT}') AT TIME ZONE 'UTC'
                    OR at >= (sealed.month + interval '1 month' + interval '{AROUND_MIDNIGHT}')
                             AT TIME ZONE 'UTC')) THEN
        RAISE EXCEPTION 'the seal covers events of another month';
    END IF;
    ALTER TABLE public.audit_eventperson DISABLE TRIGGER audit_eventperson_no_change;
    ALTER TABLE public.audit_event DISABLE TRIGGER audit_event_no_change;
    DELETE FROM public.audit_eventperson WHERE event IN (
        SELECT id FROM public.audit_event WHERE unit = sealed.unit
        AND sequence BETWEEN sealed.first_sequence AND sealed.last_sequence);
    DELETE FROM public.audit_event WHERE unit = sealed.unit
        AND sequence BETWEEN sealed.first_sequence AND sealed.last_sequence;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    ALTER TABLE public.audit_event ENABLE TRIGGER audit_event_no_change;
    ALTER TABLE public.audit_eventperson ENABLE TRIGGER audit_eventperson_no_change;
    UPDATE public.audit_seal SET dropped_at = now(), dropped_by = actor WHERE id = seal_id;
    RETURN dropped;
END $$
""",
    f"REVOKE ALL ON FUNCTION {FUNCTION}(uuid, uuid) FROM PUBLIC",
]


def install_door(connection: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in POSTGRES_DOOR:
                cursor.execute(statement)


def remove_door(connection: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}(uuid, uuid)")


def first_of(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def ended_months(unit: uuid.UUID, now: datetime) -> Iterator[Seal]:
    """A seal, not saved yet, for each month that has ended and has none."""
    newest = Seal.objects.filter(unit=unit).order_by("month").last()
    unsealed = Event.objects.filter(unit=unit, sequence__gt=newest.last_sequence if newest else 0)
    first = unsealed.order_by("sequence").first()
    if first is None:
        return
    month = max(first.at.date().replace(day=1), following(newest.month) if newest else date.min)
    previous = newest.last_hash if newest else first.previous_hash
    while first_of(following(month)) <= now:
        seal = _seal_of(unsealed, unit, month, previous, now)
        if seal is not None:
            yield seal
            previous, unsealed = seal.last_hash, unsealed.filter(sequence__gt=seal.last_sequence)
        month = following(month)


def _seal_of(
    unsealed: models.QuerySet[Event], unit: uuid.UUID, month: date, previous: str, now: datetime
) -> Seal | None:
    """By number, up to the last event of the month: two clocks may differ around midnight."""
    within = unsealed.filter(at__lt=first_of(following(month)))
    ends = within.aggregate(first=Min("sequence"), last=Max("sequence"))
    if ends["last"] is None:
        return None
    last = Event.objects.get(unit=unit, sequence=ends["last"])
    return Seal(
        unit=unit, month=month, first_sequence=ends["first"], last_sequence=ends["last"],
        first_previous_hash=previous, last_hash=last.hash,
        count=ends["last"] - ends["first"] + 1, sealed_at=now,
    )  # fmt: skip


def let_go(seal: Seal, actor: uuid.UUID, now: datetime) -> int:
    """Delete the rows of a sealed month through the reviewed door. Returns how many events went."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {FUNCTION}(%s, %s)", [seal.pk, actor])
            return int(cursor.fetchone()[0])
    triggers.lift(connection)
    events = Event.objects.filter(
        unit=seal.unit, sequence__range=(seal.first_sequence, seal.last_sequence)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_eventperson WHERE event IN (SELECT id FROM audit_event "
            "WHERE unit = %s AND sequence BETWEEN %s AND %s)",
            [seal.unit.hex, seal.first_sequence, seal.last_sequence],
        )
    dropped, _by_model = events.delete()
    triggers.install(connection)
    Seal.objects.filter(pk=seal.pk).update(dropped_at=now, dropped_by=actor)
    return dropped
