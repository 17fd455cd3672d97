"""The monthly list: look-ups worth a second pair of eyes, one line for each employee, person and day.

Nothing of it is stored but the signatures: the log is the source, and the list can be made again.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import TruncDate

from cases.accounts.models import User
from cases.audit.models import Event, Outcome, Tier
from cases.casework.actions.samples import TAKER_IS_ADVISER
from cases.casework.models import Case
from cases.core.dates import local, to_utc
from cases.core.working_days import OSLO
from cases.oversight.kin import Kin, kin_of
from cases.oversight.lines import Look, ReviewLine, ReviewList
from cases.oversight.models import (
    EXPORTS,
    MANY_REFUSALS_A_DAY,
    MOST_PEOPLE_AN_HOUR,
    NOBODY,
    REFUSALS,
    LineReview,
)
from cases.oversight.sight import blocked_for, people_compared_for, people_named_to
from cases.oversight.signs import (
    MEDIAN_OF,
    Sign,
    is_odd_hour,
    is_unusual,
    most_people_in_an_hour,
)
from cases.oversight.words import EXPORTING, OPENING, REFUSED
from cases.people.models.person import PersonQuerySet

SIGN_OF_TIER = {Tier.DECLARED: Sign.DECLARED, Tier.BREAK_GLASS: Sign.BREAK_GLASS}


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """From the month's first midnight in Oslo to the next month's."""
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return to_utc(month.replace(day=1), time(0)), to_utc(following, time(0))


def review_list(unit_id: UUID, month: date, reader: User) -> ReviewList:
    """Every line of a month: unsigned first, the newest first. The same number of queries always."""
    first, last = month_bounds(month)
    looks = _looks(unit_id, first, last)
    exports = _exports(unit_id, first, last)
    refusals = _lines_of_refusals(unit_id, first, last)
    actors = {look.actor for look in looks} | {actor for actor, _at in exports}
    actors |= {line.actor for line in refusals}
    employees = {user.pk: user for user in User.objects.filter(pk__in=actors)}
    lines = _lines_of_people(looks, people_named_to(reader))
    _add_kin(lines, kin_of(list(employees.values()), unit_id, people_compared_for(reader)))
    lines += _lines_of_days(looks, _usual_counts(unit_id, first))
    lines += _lines_of_exports(exports) + refusals
    flagged = [line for line in lines if line.signs]
    signed = LineReview.objects.filter(unit=unit_id, day__gte=month, day__lt=local(last).date())
    reviews = {(r.actor_id, r.person, r.day): r for r in signed.select_related("reviewed_by")}
    for line in flagged:
        line.who = employees[line.actor].name if line.actor in employees else "–"
        line.take(reviews.get((line.actor, line.person, line.day)))
    flagged.sort(key=lambda line: (bool(line.review), -line.first_at.timestamp(), line.key))
    blocked = blocked_for(reader)
    return ReviewList(
        lines=[line for line in flagged if line.person not in blocked],
        for_others=[line for line in flagged if line.person in blocked],
    )


def _looks(unit_id: UUID, first: datetime, last: datetime) -> list[Look]:
    rows = (
        Event.objects.of_unit(unit_id)
        .between(first, last)
        .filter(Q(action__in=OPENING) | Q(reason=TAKER_IS_ADVISER))
        .filter(outcome=Outcome.DONE, actor__isnull=False)
        .order_by("at", "sequence")
        .values_list("at", "actor", "persons", "case", "tier", "reason")
    )
    return [
        Look(at, actor, UUID(person), case, tier, reason)
        for at, actor, persons, case, tier, reason in rows
        for person in persons
        if actor is not None
    ]


def _exports(unit_id: UUID, first: datetime, last: datetime) -> list[tuple[UUID, datetime]]:
    rows = (
        Event.objects.of_unit(unit_id)
        .between(first, last)
        .filter(action__in=EXPORTING, outcome=Outcome.DONE, actor__isnull=False)
    )
    return [(actor, at) for actor, at in rows.values_list("actor", "at") if actor is not None]


def _usual_counts(unit_id: UUID, first: datetime) -> dict[UUID, list[tuple[date, int]]]:
    """Different cases each employee opened on each day of the ninety before the month."""
    rows = (
        Event.objects.of_unit(unit_id)
        .between(first - MEDIAN_OF, first)
        .filter(action__in=OPENING, outcome=Outcome.DONE, actor__isnull=False)
        .annotate(day=TruncDate("at", tzinfo=OSLO))
        .values("actor", "day")
        .annotate(people=Count("case", distinct=True))
    )
    usual: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for row in rows:
        if row["actor"] is not None:
            usual[row["actor"]].append((row["day"], row["people"]))
    return usual


def _lines_of_people(looks: list[Look], named: PersonQuerySet) -> list[ReviewLine]:
    cases, numbers, hidden = _cases_of({look.person for look in looks}, named)
    lines: dict[tuple[UUID, UUID, date], ReviewLine] = {}
    for look in looks:
        day = local(look.at).date()
        line = lines.setdefault(
            (look.actor, look.person, day),
            ReviewLine(look.actor, look.person, day, look.at, look.at),
        )
        line.looks, line.last_at = line.looks + 1, max(line.last_at, look.at)
        number, closed_at = cases.get(look.case, ("", None)) if look.case else ("", None)
        line.numbers |= {number} if number else set(numbers[look.person])
        line.is_hidden = look.person in hidden
        line.signs |= _signs_of(look, closed_at)
        line.reasons |= {look.reason} - {""}
    return list(lines.values())


def _add_kin(lines: list[ReviewLine], kin: Kin) -> None:
    for line in lines:
        for pairs, sign in (
            (kin.own_name, Sign.OWN_RECORD),
            (kin.surname, Sign.SAME_SURNAME),
            (kin.contact, Sign.SAME_CONTACT),
        ):
            line.signs |= {sign} if (line.actor, line.person) in pairs else set()


def _cases_of(
    persons: set[UUID], named: PersonQuerySet
) -> tuple[dict[UUID, tuple[str, datetime | None]], dict[UUID, list[str]], set[UUID]]:
    """Number and closing of each case, the numbers of each person's cases, and the people whose
    numbers are not the reader's to know."""
    is_named = Exists(named.filter(pk=OuterRef("person")))
    rows = Case.objects.filter(person__in=persons).annotate(is_named=is_named)
    cases, numbers, hidden = {}, defaultdict(list), set()
    for pk, number, closed_at, person, may_be_named in rows.values_list(
        "pk", "number", "closed_at", "person", "is_named"
    ):
        cases[pk] = (number if may_be_named else "", closed_at)
        if may_be_named:
            numbers[person].append(number)
        else:
            hidden.add(person)
    return cases, numbers, hidden


def _signs_of(look: Look, closed_at: datetime | None) -> set[Sign]:
    signs = {SIGN_OF_TIER[Tier(look.tier)]} if look.tier in SIGN_OF_TIER else set()
    if look.reason == TAKER_IS_ADVISER:
        signs.add(Sign.TEST_BY_ADVISER)
    if is_odd_hour(look.at):
        signs.add(Sign.NIGHT)
    if closed_at is not None and closed_at < look.at:
        signs.add(Sign.CLOSED)
    return signs


def _lines_of_days(
    looks: list[Look], usual: dict[UUID, list[tuple[date, int]]]
) -> list[ReviewLine]:
    """Days on which somebody opened far more people than they use to, or faster than work needs."""
    of_day: dict[tuple[UUID, date], list[Look]] = defaultdict(list)
    for look in looks:
        of_day[look.actor, local(look.at).date()].append(look)
    lines = []
    earlier = {actor: list(counts) for actor, counts in usual.items()}
    for (actor, day), those in of_day.items():  # in order of time, as the looks are
        people = len({look.person for look in those})
        line = ReviewLine(actor, NOBODY, day, those[0].at, those[-1].at, looks=len(those))
        if is_unusual(people, day, earlier.get(actor, [])):
            line.signs.add(Sign.MANY)
        if most_people_in_an_hour([(look.at, look.person) for look in those]) >= (
            MOST_PEOPLE_AN_HOUR
        ):
            line.signs.add(Sign.TOO_FAST)
        earlier.setdefault(actor, []).append((day, people))
        lines.append(line)
    return lines


def _lines_of_exports(exports: list[tuple[UUID, datetime]]) -> list[ReviewLine]:
    of_day: dict[tuple[UUID, date], list[datetime]] = defaultdict(list)
    for actor, at in exports:
        of_day[actor, local(at).date()].append(at)
    return [
        ReviewLine(
            actor,
            EXPORTS,
            day,
            min(moments),
            max(moments),
            looks=len(moments),
            signs={Sign.EXPORT},
        )
        for (actor, day), moments in of_day.items()
    ]


def _lines_of_refusals(unit_id: UUID, first: datetime, last: datetime) -> list[ReviewLine]:
    """Days on which somebody was refused again and again."""
    rows = (
        Event.objects.of_unit(unit_id)
        .between(first, last)
        .filter(action=REFUSED, outcome=Outcome.DENIED, actor__isnull=False)
        .annotate(day=TruncDate("at", tzinfo=OSLO))
        .values_list("actor", "day")
        .annotate(times=Count("pk"), first_at=Min("at"), last_at=Max("at"))
        .filter(times__gte=MANY_REFUSALS_A_DAY)
        .order_by("first_at")
    )
    return [
        ReviewLine(actor, REFUSALS, day, first_at, last_at, looks=times, signs={Sign.REFUSED})
        for actor, day, times, first_at, last_at in rows
        if actor is not None
    ]
