"""The history of a person's details: what was corrected, and which contact details were withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from cases.people.models import Correction, Person
from cases.privacy.report.contents import old_value

MOST_SHOWN = 200


@dataclass(frozen=True)
class Change:
    at: datetime
    what: str
    was: str
    reason: str
    by: str
    is_contact: bool


def history_of(person: Person) -> list[Change]:
    """Newest first, in two queries."""
    return sorted([*_corrected(person), *_withdrawn(person)], key=lambda c: c.at, reverse=True)


def _corrected(person: Person) -> list[Change]:
    rows = Correction.objects.of_person(person).select_related("corrected_by")[:MOST_SHOWN]
    changes = []
    for row in rows:
        row.person = person
        changes.append(
            Change(
                row.corrected_at,
                row.get_what_display(),
                old_value(row),
                row.get_reason_display(),
                row.corrected_by.name,
                is_contact=False,
            )  # fmt: skip
        )
    return changes


def _withdrawn(person: Person) -> list[Change]:
    points = person.contact_points.filter(withdrawn_at__isnull=False)
    changes = []
    for point in points.select_related("withdrawn_by").order_by("-withdrawn_at")[:MOST_SHOWN]:
        point.person = person
        assert point.withdrawn_at  # as asked for, and its user by constraint
        assert point.withdrawn_by
        changes.append(
            Change(
                point.withdrawn_at,
                point.get_kind_display(),
                point.readable,
                "",
                point.withdrawn_by.name,
                is_contact=True,
            )  # fmt: skip
        )
    return changes
