"""Dates and times as people type them, and Oslo's clock on the two Sundays it is changed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cases.core.dates import (
    AmbiguousLocalTime,
    NonexistentLocalTime,
    day_in_words,
    local,
    parse_date,
    parse_time,
    relative_day,
    to_utc,
)
from cases.core.working_days import OSLO

MONDAY = date(2026, 11, 23)
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25.11.2026", date(2026, 11, 25)),
        ("25. 11. 2026", date(2026, 11, 25)),
        ("25.11.2026.", date(2026, 11, 25)),
        ("  25/11-26 ", date(2026, 11, 25)),
        ("1.3.26", date(2026, 3, 1)),
        ("010326", date(2026, 3, 1)),
        ("01032026", date(2026, 3, 1)),
        ("1/3", date(2026, 3, 1)),
        ("2026-11-25", date(2026, 11, 25)),
        ("29.2.2028", date(2028, 2, 29)),
        ("I dag", MONDAY),
        ("today", MONDAY),
        ("i morgen", MONDAY + timedelta(days=1)),
        ("I  Morgon", MONDAY + timedelta(days=1)),
        ("tomorrow", MONDAY + timedelta(days=1)),
    ],
)
def test_a_date_may_be_typed_as_people_write_it(text: str, day: date) -> None:
    assert parse_date(text, MONDAY) == day


@pytest.mark.parametrize(
    ("text", "ahead"),
    [("tirsdag", 1), ("tysdag", 1), ("Friday", 4), ("laurdag", 5), ("søndag", 6), ("mandag", 7)],
)
def test_a_weekday_is_the_next_one_and_never_today(text: str, ahead: int) -> None:
    assert parse_date(text, MONDAY) == MONDAY + timedelta(days=ahead)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "25", "25.13.2026", "30.2.2026", "29.2.2026", "0.1.2026", "2026-13-01",
        "25.11.226", "25.11.20266", "31.12.1899", "1.1.2201", "1.1.0000", "9999-12-31", "20261125",
        "٢٥.١١.٢٠٢٦", "25.11.2026 14.00", "-1.1.2026", "i går", "9" * 40, "25.11.2026\x00",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text, MONDAY)


@given(st.text(max_size=40), DAYS)
def test_typed_nonsense_is_a_date_or_a_value_error(text: str, today: date) -> None:
    try:
        day = parse_date(text, today)
    except ValueError:
        return
    assert day.year > 0


@given(DAYS, DAYS)
def test_every_way_of_writing_a_day_gives_that_day(day: date, today: date) -> None:
    ways = (f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d%m%Y}", f"{day}")
    assert {parse_date(text, today) for text in ways} == {day}


@given(st.integers(0, 99), st.dates(date(1990, 1, 1), date(2190, 12, 31)))
def test_two_digits_are_the_year_at_most_ten_years_ahead(digits: int, today: date) -> None:
    year = parse_date(f"1.1.{digits:02}", today).year
    assert year % 100 == digits
    assert today.year - 90 < year <= today.year + 10


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("14.00", time(14)), ("14:05", time(14, 5)), ("1400", time(14)), ("930", time(9, 30)),
        ("9", time(9)), ("kl. 14", time(14)), ("Kl 9.15", time(9, 15)), ("at 14", time(14)),
        ("00.00", time(0)), ("23,59", time(23, 59)),
    ],
)  # fmt: skip
def test_a_time_may_be_typed_as_people_write_it(text: str, clock: time) -> None:
    assert parse_time(text) == clock


@pytest.mark.parametrize(
    "text", ["", "kl.", "24", "24.00", "14.60", "14.0", "-1", "14.00.00", "to", "٩", "14.00\x00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


@pytest.mark.parametrize("clock", [time(2), time(2, 30), time(2, 59)])
@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_is_jumped_over_is_refused(clock: time, fold: int) -> None:
    with pytest.raises(NonexistentLocalTime, match="does not exist"):
        to_utc(FORWARD, clock.replace(fold=fold))


@pytest.mark.parametrize("clock", [time(2), time(2, 30), time(2, 59)])
@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_refused(clock: time, fold: int) -> None:
    with pytest.raises(AmbiguousLocalTime, match="twice"):
        to_utc(BACK, clock.replace(fold=fold))


@pytest.mark.parametrize(
    ("day", "clock", "hour"),
    [
        (FORWARD, time(1, 59), 0),
        (FORWARD, time(3), 1),
        (BACK, time(1, 59), 23),
        (BACK, time(3), 2),
    ],
)
def test_the_hours_around_are_told_apart(day: date, clock: time, hour: int) -> None:
    assert to_utc(day, clock).hour == hour


@given(DAYS, st.times(max_value=time(23, 59)))
def test_an_oslo_time_comes_back_as_it_was_typed(day: date, clock: time) -> None:
    clock = clock.replace(second=0, microsecond=0)
    try:
        moment = to_utc(day, clock)
    except (NonexistentLocalTime, AmbiguousLocalTime):
        return
    assert moment.tzinfo is UTC
    assert local(moment).replace(tzinfo=None) == datetime.combine(day, clock)
    assert local(moment).tzinfo is OSLO


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in 2 days"), (14, "in 14 days"),
        (-4, "4 days ago"), (15, "8 December 2026"), (-15, "8 November 2026"),
    ],
)  # fmt: skip
def test_a_day_is_told_from_today_and_by_its_date_when_far(days: int, words: str) -> None:
    with translation.override("en"):
        assert relative_day(MONDAY + timedelta(days=days), MONDAY) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "lørdag 21. november 2026"),
        ("nn", "laurdag 21. november 2026"),
        ("en", "Saturday 21 November 2026"),
    ],
)
def test_a_day_in_words_follows_the_language(language: str, words: str) -> None:
    with translation.override(language):
        assert day_in_words(date(2026, 11, 21)) == words
