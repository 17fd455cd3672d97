"""J1: exactly the due set, whatever is held, reopened or killed in the middle; twice is the same."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.accounts.models import User
from cases.casework.models import Case
from cases.people.models import Person
from cases.retention import erasing
from cases.retention.actions import MOST_AT_ONCE, confirm_as_second, confirm_due_list
from cases.retention.due import due_now, fingerprint
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import Certificate, DueList, ListState
from cases.units.models import Unit
from tests.retention.volume import (
    TODAY,
    Fate,
    empty,
    expected,
    make_rules,
    make_volume,
)


class Killed(BaseException):
    """As a kill does: past everything that catches an exception."""


@given(
    seed=st.integers(0, 10_000),
    travel=st.integers(-45, 45),
    kills=st.lists(st.integers(1, 3), max_size=3),
    reopens=st.integers(0, 3),
)
@settings(
    max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
def test_j1_exactly_the_due_set_and_twice_is_the_same(
    unit: Unit, leader: User, municipal_administrator: User,
    seed: int, travel: int, kills: list[int], reopens: int,
) -> None:  # fmt: skip
    """Sixty cases around the border of their periods, on a day before or after it."""
    check(unit, leader, municipal_administrator, 60, seed, travel, kills, reopens)


def check(
    unit: Unit, leader: User, second: User, number: int, seed: int, travel: int,
    kills: list[int], reopens: int,
) -> int:  # fmt: skip
    """How many cases were erased. Leaves an empty house behind for the next example."""
    today, chance = TODAY + timedelta(days=travel), Random(seed)
    make_rules()
    fates = make_volume(unit, leader, number, seed)
    while ready := due_now(unit, today).ready[:MOST_AT_ONCE]:
        due_list = confirm_due_list(unit=unit, seen=fingerprint(ready), by=leader, today=today)
        confirm_as_second(due_list_id=due_list.pk, by=second)
        _reopen(fates, chance, [one.case for one in ready], reopens)
        _killed_and_restarted(today, kills)
        carry_out_confirmed(today)
        assert DueList.objects.get(pk=due_list.pk).state == ListState.DONE
    cases, people = expected(fates, today)
    assert set(Case.objects.filter(unit=unit).values_list("pk", flat=True)) == cases
    assert set(Person.objects.filter(unit=unit).values_list("pk", flat=True)) == people
    erased = sum(Certificate.objects.values_list("cases", flat=True))
    assert erased == number - len(cases)
    assert carry_out_confirmed(today) == 0, "twice is the same"
    assert Case.objects.count() == len(cases)
    empty()
    return erased


def _reopen(fates: list[Fate], chance: Random, ready: list[Any], number: int) -> None:
    """Between the confirmation and the job some cases are opened again."""
    for case in chance.sample(ready, min(number, len(ready))):
        Case.objects.filter(pk=case).update(
            closed_at=None, closed_by=None, outcome="", next_due_at=timezone.now()
        )
        next(fate for fate in fates if fate.case == case).closed_on = None


def _killed_and_restarted(today: Any, kills: list[int]) -> None:
    """Each kill comes in the middle of the n-th transaction: its work is lost, and done again."""
    for after in kills:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(erasing, "erase_cases", _Dying(after))
            try:
                carry_out_confirmed(today)
            except Killed:
                # The lease of the dead is taken as run out.
                DueList.objects.filter(state=ListState.CONFIRMED).update(lease_until=None)


class _Dying:
    """Erases, and dies before the commit of the n-th transaction."""

    def __init__(self, after: int) -> None:
        self.left, self.whole = after, erasing.erase_cases

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.whole(*args, **kwargs)
        self.left -= 1
        if not self.left:
            raise Killed
