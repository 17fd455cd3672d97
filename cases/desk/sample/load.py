"""Fill an empty database with made-up units and cases; the same seed gives the same data."""

from datetime import datetime
from random import Random

from django.db import transaction

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit.record import record, recorded
from cases.casework.models import CaseNumberCounter, Substance
from cases.core.working_days import OSLO
from cases.desk.reference import load_reference_data
from cases.desk.sample.batch import Batch
from cases.desk.sample.cases import CaseMaker
from cases.desk.sample.stories import STORIES, Story
from cases.desk.sample.units import PRACTICE, StaffedUnit, make_unit, make_user, plan_of
from cases.units.models import Unit

CASES_AT_ONCE = 1000
# The shared staff of an installation: no unit, no case.
SHARED_STAFF = (("Ada Testheim", Role.ADMINISTRATOR), ("Per Testvoll", Role.FIGURES_READER))


def load_sample(*, units: int | None, cases: int, seed: int, now: datetime) -> int:
    """Make the practice units, or this many like ones, with this many cases in all.

    Returns how many cases were made: none when the database has units already.
    """
    if Unit.objects.exists():
        return 0
    rng = Random(seed)
    with recorded():
        load_reference_data()
        plans = [plan_of(n) for n in range(units)] if units else list(PRACTICE)
        staffed = [make_unit(plan, now.astimezone(OSLO).date()) for plan in plans]
        for name, role in SHARED_STAFF:
            make_user(name, None, role)
        record("sample_data.loaded", by=None)
    for index, unit in enumerate(staffed):
        count = cases // len(staffed) + (index < cases % len(staffed))
        _fill(unit, count, index * 1_000_000 + 1, rng, now)
    return cases


def _fill(staffed: StaffedUnit, count: int, first: int, rng: Random, now: datetime) -> None:
    substances = {s.code: s for s in Substance.objects.all()}
    batch = Batch()
    maker = CaseMaker(staffed, batch, rng, now, substances)
    stories = _stories_for(staffed)
    for start in range(0, count, CASES_AT_ONCE):
        with transaction.atomic():
            for number in range(start, min(start + CASES_AT_ONCE, count)):
                # Large data sets are mostly finished work, as a real archive is.
                story = (
                    stories[number % len(stories)]
                    if number < 2 * len(stories)
                    else _finished(stories, number)
                )
                maker.make(story, first + number)
            batch.write()
    CaseNumberCounter.objects.bulk_create(
        CaseNumberCounter(unit=staffed.unit, year=year, last=last)
        for year, last in maker.serials.items()
    )


def _stories_for(staffed: StaffedUnit) -> list[Story]:
    records_finds = any(basis.records_finds for basis in staffed.bases)
    return [s for s in STORIES if records_finds or not (s.needs_finds or s.find != "below")]


def _finished(stories: list[Story], number: int) -> Story:
    """Nine of ten closed, the rest spread over every state."""
    closed = [s for s in stories if s.outcome]
    return closed[number % len(closed)] if number % 10 else stories[number // 10 % len(stories)]


def sign_ins() -> list[tuple[str, str, str]]:
    """Name, role and e-mail of every practice user."""
    users = User.objects.prefetch_related("memberships").order_by("memberships__unit", "name")
    return [
        (
            user.name,
            ", ".join(dict.fromkeys(str(m.get_role_display()) for m in user.memberships.all())),
            user.email,
        )
        for user in dict.fromkeys(users)
    ]
