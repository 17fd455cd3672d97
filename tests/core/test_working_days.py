"""Red days and quiet hours, in Oslo."""

from datetime import date, datetime, time

import pytest

from cases.core.working_days import (
    OSLO,
    is_quiet,
    is_red_day,
    is_working_day,
    previous_working_day,
)

OPENS, CLOSES = time(8), time(20)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 5), date(2026, 4, 6), date(2026, 5, 14),
        date(2026, 5, 24), date(2026, 5, 25), date(2026, 5, 17), date(2026, 5, 1),
        date(2026, 12, 25), date(2026, 12, 26), date(2027, 5, 17), date(2026, 11, 29),
    ],
)  # fmt: skip
def test_holidays_and_sundays_are_red(day: date) -> None:
    assert is_red_day(day)
    assert not is_working_day(day)


def test_a_saturday_is_no_working_day_but_not_red() -> None:
    assert not is_red_day(date(2026, 11, 28))
    assert not is_working_day(date(2026, 11, 28))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 30), date(2026, 11, 27)),  # Monday → Friday
        (date(2026, 4, 7), date(2026, 4, 1)),  # after Easter → Wednesday before
        (date(2026, 5, 18), date(2026, 5, 15)),
    ],
)
def test_the_working_day_before(day: date, before: date) -> None:
    assert previous_working_day(day) == before


def test_quiet_hours_are_oslos_not_utcs() -> None:
    assert is_quiet(datetime(2026, 11, 24, 7, 59, tzinfo=OSLO), OPENS, CLOSES)
    assert not is_quiet(datetime(2026, 11, 24, 8, 0, tzinfo=OSLO), OPENS, CLOSES)
    assert is_quiet(datetime(2026, 11, 24, 20, 0, tzinfo=OSLO), OPENS, CLOSES)
