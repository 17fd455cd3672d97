"""What happens to the log itself: months are sealed and dropped, lost events are answered for."""

import uuid
from datetime import date, datetime

from django.utils import timezone

from cases.audit.anchors import Anchors
from cases.audit.models import Head, Seal
from cases.audit.record import Actor, record, recorded
from cases.audit.sealing import ended_months, let_go
from cases.audit.verify import GAP_ACKNOWLEDGED, MONTH_DROPPED, broken_links, lost_events
from cases.core.database.context import AUDITOR, speaking_as

# Why anchored events may be gone: codes, never free text.
GAP_REASONS = ("point_in_time_restore", "backup_restore", "move_of_database")


class NotSealed(Exception):
    """There is no such sealed month, or it was dropped already."""


class TooYoung(Exception):
    """The month is kept still."""


class OlderMonthFirst(Exception):
    """Months leave the chain from its beginning."""


class ChainIsBroken(Exception):
    """A month whose chain does not verify is evidence, and stays."""


class NothingLost(Exception):
    """Every anchored event is where it was."""


class UnknownReason(ValueError):
    """Not one of GAP_REASONS."""


def seal_ended_months(*, now: datetime, by: Actor | None) -> list[Seal]:
    """Seal every month that has ended, of every unit; a second call finds nothing to do."""
    sealed = []
    with speaking_as(AUDITOR):
        units = list(Head.objects.order_by("unit").values_list("unit", flat=True))
    for unit in units:
        with recorded(context=AUDITOR):
            # The head is locked, so that two runs do not seal the same month.
            Head.objects.select_for_update().get(unit=unit)
            for seal in ended_months(unit, now):
                seal.save(force_insert=True)
                record(
                    "audit.month_sealed", by=by, unit=unit, target=seal, fields=seal.facts(),
                    count=seal.count,
                )  # fmt: skip
                sealed.append(seal)
    return sealed


def drop_sealed_month(*, unit: uuid.UUID, month: date, by: Actor) -> int:
    """Delete the events of a sealed month; the chain verifies from its seal. Returns how many.

    Raises NotSealed, TooYoung, OlderMonthFirst, ChainIsBroken.
    """
    with recorded():
        Head.objects.select_for_update().filter(unit=unit).first()
        seal = Seal.objects.kept().filter(unit=unit, month=month.replace(day=1)).first()
        if seal is None:
            raise NotSealed
        now = timezone.now()
        if not Seal.objects.droppable(now).filter(pk=seal.pk).exists():
            raise TooYoung
        if Seal.objects.kept().filter(unit=unit, month__lt=seal.month).exists():
            raise OlderMonthFirst
        if broken_links(unit):
            raise ChainIsBroken
        dropped = let_go(seal, by.pk, now)
        record(MONTH_DROPPED, by=by, unit=unit, target=seal, fields=seal.facts(), count=dropped)
    return dropped


def acknowledge_gap(*, unit: uuid.UUID, reason: str, anchors: Anchors, by: Actor | None) -> int:
    """Answer for anchored events that a restore has lost. Returns how many heads do not fit.

    Raises NothingLost, UnknownReason.
    """
    if reason not in GAP_REASONS:
        raise UnknownReason(reason)
    with recorded():
        lost = lost_events(unit, anchors)
        if not lost:
            raise NothingLost
        sequences = [head.sequence for head in lost]
        newest = max(lost, key=lambda head: head.at)
        facts = [f"lost:{min(sequences)}-{max(sequences)}", f"hash:{newest.hash}"]
        record(GAP_ACKNOWLEDGED, by=by, unit=unit, fields=facts, reason=reason, count=len(lost))
    return len(lost)
