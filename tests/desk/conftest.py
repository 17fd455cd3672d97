"""A fixed Monday morning, a browser of the adviser's, and cases in the state a test asks for."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 09.00 in Oslo
MakeCase = Callable[..., Case]
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def browser(adviser: User, client_of: ClientOf) -> Client:
    return client_of(adviser)


@pytest.fixture
def closed_case(make_case: MakeCase, adviser: User) -> MakeCase:
    """`closed_case(closed_at=…, family_name=…)`: one that is finished."""

    def make(closed_at: datetime | None = None, **traits: Any) -> Case:
        case = make_case(**traits)
        Case.objects.filter(pk=case.pk).update(
            closed_at=closed_at or timezone.now(), closed_by=adviser, outcome="moved",
            next_due_at=None,
        )  # fmt: skip
        case.refresh_from_db()
        return case

    return make
