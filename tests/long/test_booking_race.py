"""Two processes want the same slot 500 times: one wins each time, on both engines."""

from pathlib import Path

import pytest
from django.db import connection

from tests.long.booking_race import race

ROUNDS = 500
pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql" and connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")
    return request.param


@pytest.mark.django_db(transaction=True)
def test_exactly_one_wins_every_round(tmp_path: Path, engine: str) -> None:
    with race(tmp_path, engine) as two:
        two.book_the_same_slot(ROUNDS)


@pytest.mark.django_db(transaction=True)
def test_swapping_ends_in_two_refusals_and_no_deadlock(tmp_path: Path, engine: str) -> None:
    with race(tmp_path, engine) as two:
        two.swap(ROUNDS)
