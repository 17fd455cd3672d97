"""Events as lines that people read: who, in which role, when, what, why and through which door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.audit.models import Event, EventPerson, EventQuerySet, Outcome
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.oversight.words import DOORS, REASONS, TIERS, action_of, roles_in_words

PER_PAGE = 50
MOST_DAYS = 62


@dataclass(frozen=True)
class Line:
    """One event, without a word of content: references are resolved to numbers and employees."""

    at: datetime
    who: str
    roles: str
    what: str | Promise
    how: str | Promise
    reason: str | Promise
    door: str | Promise
    people: int
    case_id: UUID | None
    number: str
    was_refused: bool


@dataclass(frozen=True)
class Day:
    """How much one employee looked at on one day."""

    day: date
    looks: int
    cases: int


def events_of_case(case: Case) -> EventQuerySet:
    """Everything done in the case, and every list or search that showed its person."""
    persons = EventPerson.objects.filter(unit=case.unit_id, person=case.person_id)
    of_person = Q(case=None, pk__in=persons.values("event"))
    return Event.objects.of_unit(case.unit_id).filter(Q(case=case.pk) | of_person)


def events_of_employee(employee: User, units: set[UUID] | None) -> EventQuerySet:
    """What the employee did and opened: in these units, or everywhere when it is their own log."""
    events = Event.objects.by_actor(employee.pk)
    return events if units is None else events.filter(unit__in=units)


def lines_page(events: EventQuerySet, number: str) -> tuple[Page[Any], list[Line]]:
    """One page, the newest first. Four queries, however many lines and people there are."""
    page = Paginator(events.newest_first(), PER_PAGE).get_page(number[:9])
    return page, lines_of(list(page.object_list))


def lines_of(events: list[Event]) -> list[Line]:
    names = employee_names(event.actor for event in events if event.actor)
    numbers = case_numbers(event.case for event in events if event.case)
    return [_line(event, names, numbers) for event in events]


def _line(event: Event, names: dict[UUID, str], numbers: dict[UUID, str]) -> Line:
    return Line(
        at=event.at,
        who=names.get(event.actor, _("a former user")) if event.actor else _("The program itself"),
        roles=roles_in_words(event.actor_roles) if event.actor else "",
        what=action_of(event.action).words,
        how=TIERS.get(event.tier, ""),
        reason=REASONS.get(event.reason, ""),
        door=DOORS.get(event.client, ""),
        people=len(event.persons),
        case_id=event.case if event.case in numbers else None,
        number=numbers.get(event.case, "") if event.case else "",
        was_refused=event.outcome != Outcome.DONE,
    )


def employee_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def case_numbers(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Case.objects.filter(pk__in=set(ids)).values_list("pk", "number"))


def days_of(events: EventQuerySet) -> list[Day]:
    """Look-ups and different cases of each day, the newest first."""
    days = (
        events.reads()
        .annotate(day=TruncDate("at", tzinfo=OSLO))
        .values("day")
        .annotate(looks=Count("pk"), cases=Count("case", distinct=True))
        .order_by("-day")[:MOST_DAYS]
    )
    return [Day(row["day"], row["looks"], row["cases"]) for row in days]
