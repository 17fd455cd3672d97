"""Rules of one's own, cases that closed long ago, and lists that two people have confirmed."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.retention.actions import confirm_as_second, confirm_due_list
from cases.retention.due import due_now, fingerprint
from cases.retention.models import DueList, RetentionRule
from cases.units.models import Unit
from tests import factories

LONG_AGO = timedelta(days=3 * 366)
CloseCase = Callable[..., Case]
Confirmed = Callable[..., DueList]


@pytest.fixture(autouse=True)
def _ledger_file(settings: Any, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")


@pytest.fixture
def rule(unit: Unit) -> RetentionRule:
    """Two years from the closing or the deadline, for every unit and kind."""
    return RetentionRule.objects.create(
        months=24, source="Arkivplan 2026", valid_from=date(2020, 1, 1)
    )


@pytest.fixture
def second_leader(unit: Unit) -> User:
    return factories.make_user("second", unit, Role.LEADER)


def close(case: Case, day: date, *, deadline_on: date | None = None) -> Case:
    """As it stands after the closing, whatever came before."""
    Case.objects.filter(pk=case.pk).update(
        closed_at=datetime.combine(day, time(12), tzinfo=OSLO),
        closed_by=case.opened_by,
        outcome="condition_met",
        deadline_on=deadline_on,
        next_due_at=None,
        version=F("version") + 1,
    )
    case.refresh_from_db()
    return case


@pytest.fixture
def closed_case(make_case: Callable[..., Case], rule: RetentionRule) -> CloseCase:
    """`closed_case(given_name=…)`: closed three years ago, so due by the rule."""

    def make(closed_on: date | None = None, **traits: Any) -> Case:
        return close(make_case(**traits), closed_on or timezone.localdate() - LONG_AGO)

    return make


def confirm_first(unit: Unit, by: User) -> DueList:
    ready = due_now(unit, timezone.localdate(), seen_by=by).ready
    return confirm_due_list(unit=unit, seen=fingerprint(ready), by=by)


@pytest.fixture
def confirmed(unit: Unit, leader: User, municipal_administrator: User) -> Confirmed:
    """`confirmed()`: everything that is due, confirmed by the leader and the administrator."""

    def confirm() -> DueList:
        due_list = confirm_first(unit, leader)
        return confirm_as_second(due_list_id=due_list.pk, by=municipal_administrator)

    return confirm
