"""One glass at a time for each user: held by the database, and made true for what was before."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case
from cases.people.models import GLASS_OPEN_FOR, BreakGlass

pytestmark = pytest.mark.django_db
MIGRATION = import_module("cases.people.migrations.0004_one_glass_at_a_time")


@pytest.fixture
def open_glass(case: Case) -> Callable[..., BreakGlass]:
    def make(user: User, hours_ago: int) -> BreakGlass:
        start = timezone.now() - timedelta(hours=hours_ago)
        return BreakGlass.objects.create(
            unit=case.unit, user=user, person=case.person, case_number=case.number,
            reason="Det haster veldig", started_at=start, until=start + GLASS_OPEN_FOR,
        )  # fmt: skip

    return make


def test_the_database_itself_holds_one(
    open_glass: Callable[..., BreakGlass], adviser: User, colleague: User
) -> None:
    open_glass(adviser, 1)
    open_glass(colleague, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        open_glass(adviser, 0)


def test_of_those_open_before_only_the_newest_stays_open(
    open_glass: Callable[..., BreakGlass], adviser: User, colleague: User
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX break_glass_one_at_a_time")
    older, newer, theirs = open_glass(adviser, 2), open_glass(adviser, 1), open_glass(colleague, 3)
    MIGRATION.end_the_older_ones(apps, None)
    still_open = set(BreakGlass.objects.filter(ended_at=None))
    assert still_open == {newer, theirs}
    older.refresh_from_db()
    assert older.ended_at is not None
