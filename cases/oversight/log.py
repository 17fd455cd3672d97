"""Events as lines that people read: who, in which role, when, what, why and through which door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.audit.models import Event, EventPerson, EventQuerySet, Outcome
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.oversight.words import DOORS, REASONS, TIERS, action_of, roles_in_words
from cases.people.models.person import PersonQuerySet

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
    is_hidden: bool  # a case of somebody whom the reader may not see
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


def own_events(employee: User) -> EventQuerySet:
    return Event.objects.by_actor(employee.pk)


def events_of_employee(employee: User, units: set[UUID], blocked: set[UUID]) -> EventQuerySet:
    """What the employee did and opened in these units, but for what is about somebody whom the
    reader must not see. Lists that showed them among others stay: they name nobody."""
    events = own_events(employee).filter(unit__in=units)
    if not blocked:
        return events
    theirs = Q(case__in=Case.objects.filter(person__in=blocked).values("pk"))
    for person in blocked:
        theirs |= Q(case=None, persons=[str(person)])
    return events.exclude(theirs)


def lines_page(
    events: EventQuerySet, number: str, named: PersonQuerySet | None = None
) -> tuple[Page[Any], list[Line]]:
    """One page, the newest first. Four queries, however many lines and people there are."""
    page = Paginator(events.newest_first(), PER_PAGE).get_page(number[:9])
    return page, lines_of(list(page.object_list), named)


def lines_of(events: list[Event], named: PersonQuerySet | None = None) -> list[Line]:
    """With the case numbers of the people who may be `named`; without it the lines have none."""
    names = employee_names(event.actor for event in events if event.actor)
    numbers: dict[UUID, str] = {}
    if named is not None:
        numbers = case_numbers({event.case for event in events if event.case}, named)
    return [_line(event, names, numbers) for event in events]


def _line(event: Event, names: dict[UUID, str], numbers: dict[UUID, str]) -> Line:
    number = numbers.get(event.case) if event.case else None
    return Line(
        at=event.at,
        who=names.get(event.actor, _("a former user")) if event.actor else _("The program itself"),
        roles=roles_in_words(event.actor_roles) if event.actor else "",
        what=action_of(event.action).words,
        how=TIERS.get(event.tier, ""),
        reason=REASONS.get(event.reason, ""),
        door=DOORS.get(event.client, ""),
        people=len(event.persons),
        case_id=event.case if number else None,
        number=number or "",
        is_hidden=number == "",
        was_refused=event.outcome != Outcome.DONE,
    )


def employee_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def case_numbers(ids: set[UUID], named: PersonQuerySet) -> dict[UUID, str]:
    """The number of each case that is still there, "" where its person may not be named."""
    is_named = Exists(named.filter(pk=OuterRef("person")))
    rows = Case.objects.filter(pk__in=ids).annotate(is_named=is_named)
    return {
        pk: number if may_be_named else ""
        for pk, number, may_be_named in rows.values_list("pk", "number", "is_named")
    }


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
