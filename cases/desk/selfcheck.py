"""Milestones are a copy of facts: rebuild them and see whether they still agree."""

from collections.abc import Iterator

from cases.appointments.milestones import appointment_milestones
from cases.casework.actions import find_milestones
from cases.casework.models import Case
from cases.support.milestones import support_milestones


def wrong_milestones() -> Iterator[tuple[str, list[str]]]:
    """Case number and the names of the milestones that differ."""
    cases = Case.objects.select_related("referral", "person").order_by("unit", "year", "serial")
    for case in cases.iterator(chunk_size=500):
        facts = {
            **appointment_milestones(case),
            **support_milestones(case),
            **find_milestones(case),
        }
        names = [name for name, value in facts.items() if getattr(case, name) != value]
        if names:
            yield case.number, names
