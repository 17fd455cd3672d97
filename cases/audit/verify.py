"""Walk the chains and tell where one is broken."""

import uuid
from dataclasses import dataclass

from cases.audit.models import Event, Head


@dataclass(frozen=True)
class Break:
    unit: uuid.UUID
    sequence: int
    what: str


def broken_links(unit: uuid.UUID) -> list[Break]:
    """Every place in a unit's chain that does not fit: changed, missing, added or cut off."""
    breaks: list[Break] = []
    expected, previous = 1, ""
    for event in Event.objects.filter(unit=unit).order_by("sequence").iterator():
        if event.sequence != expected:
            breaks.append(Break(unit, expected, "missing"))
        elif event.previous_hash != previous:
            breaks.append(Break(unit, event.sequence, "does not follow the one before"))
        if event.hash != event.chained_hash():
            breaks.append(Break(unit, event.sequence, "changed"))
        expected, previous = event.sequence + 1, event.hash
    head = Head.objects.filter(unit=unit).first()
    if head is None or (head.sequence, head.hash) != (expected - 1, previous):
        breaks.append(Break(unit, expected, "the end of the chain was cut off or rewritten"))
    return breaks


def all_broken_links() -> list[Break]:
    units = set(Head.objects.values_list("unit", flat=True))
    units |= set(Event.objects.values_list("unit", flat=True).distinct())
    return [broken for unit in sorted(units) for broken in broken_links(unit)]
