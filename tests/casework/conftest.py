"""A fixed Monday morning: the days that are typed into the forms are past or to come for good."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 09.00 in Oslo


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller
