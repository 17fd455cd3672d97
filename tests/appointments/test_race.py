"""A short race; `tests/long/test_booking_race.py` runs the long one."""

from pathlib import Path

import pytest

from tests.long.booking_race import race

ROUNDS = 10


@pytest.fixture
def clock() -> None:
    """The racers are processes of their own: they and the test need the real time."""


@pytest.mark.django_db(transaction=True)
def test_two_processes_want_one_slot_and_then_each_others(tmp_path: Path) -> None:
    with race(tmp_path) as two:
        two.book_the_same_slot(ROUNDS)
        two.swap(ROUNDS)
