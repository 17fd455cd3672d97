"""A fixed Monday morning, and browsers of the people who go through the log."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from cases.accounts.models import User
from cases.casework.models import Case

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 09.00 in Oslo
MakeCase = Callable[..., Case]
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(adviser: User, client_of: ClientOf) -> Client:
    return client_of(adviser)


@pytest.fixture
def leaders_browser(leader: User, client_of: ClientOf) -> Client:
    return client_of(leader)


@pytest.fixture
def auditors_browser(auditor: User, client_of: ClientOf) -> Client:
    return client_of(auditor)
