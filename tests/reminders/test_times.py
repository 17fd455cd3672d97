"""When a message is planned: wall time, working days, quiet hours, late bookings."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.core.working_days import OSLO, is_red_day
from cases.reminders.models import MessageKind
from cases.reminders.times import OpenHours, times_of
from cases.reminders.words import Reason

HOURS = OpenHours(time(8), time(20))
LONG_BEFORE = timedelta(days=30)


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


def planned(kind: str, start: str, *, agreed: str = "", hours: OpenHours = HOURS) -> str:
    """The wall time in Oslo at which the message goes out, or why it does not."""
    starts_at = oslo(start)
    agreed_at = oslo(agreed) if agreed else starts_at - LONG_BEFORE
    times = times_of(kind, starts_at, agreed_at, agreed_at, hours)
    if times is None:
        return "none"
    return times.reason or times.planned_at.astimezone(OSLO).isoformat()[:16]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2027-02-10T10:00", "2027-02-09T10:00"),
        # A Monday's goes out on the Friday before.
        ("2027-02-08T10:00", "2027-02-05T10:00"),
        # Both clock-change Sundays: ten o'clock on the wall, whatever the distance in hours.
        ("2027-03-29T09:00", "2027-03-24T10:00"),  # Easter Monday itself, reminded before Easter
        ("2027-03-30T09:00", "2027-03-24T10:00"),  # the Tuesday after Easter and the lost hour
        ("2027-03-28T09:00", "2027-03-24T10:00"),
        ("2027-10-31T12:00", "2027-10-29T10:00"),
        ("2027-11-01T09:00", "2027-10-29T10:00"),
        # 17 May is a Monday, and Whit Monday besides
        ("2027-05-18T09:00", "2027-05-14T10:00"),
        ("2027-12-27T09:00", "2027-12-24T10:00"),
        ("2027-01-04T09:00", "2026-12-31T10:00"),
    ],
)
def test_the_day_before_is_the_previous_working_day_at_ten(start: str, expected: str) -> None:
    assert planned(MessageKind.DAY_BEFORE, start) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2027-02-10T10:00", "2027-02-04T10:00"),  # six days before a Wednesday is a Thursday
        ("2027-02-12T10:00", "2027-02-05T10:00"),  # a Saturday becomes the Friday before
        ("2027-02-13T10:00", "2027-02-05T10:00"),
        ("2027-05-24T10:00", "2027-05-18T10:00"),
        ("2027-05-23T10:00", "2027-05-14T10:00"),  # 17 May and its weekend become the Friday
        ("2027-04-01T10:00", "2027-03-24T10:00"),  # Good Friday becomes the Wednesday before
    ],
)
def test_a_week_before_is_six_days_before_on_a_working_day(start: str, expected: str) -> None:
    assert planned(MessageKind.WEEK_BEFORE, start) == expected


def test_nothing_is_planned_on_a_day_the_unit_is_closed() -> None:
    hours = OpenHours(time(8), time(20), frozenset({date(2027, 2, 9), date(2027, 2, 8)}))
    assert planned(MessageKind.DAY_BEFORE, "2027-02-10T10:00", hours=hours) == "2027-02-05T10:00"


@pytest.mark.parametrize(
    ("opens", "closes", "start", "expected"),
    [
        # Earlier while that is twelve hours' warning.
        (time(12), time(20), "2027-02-10T09:00", "2027-02-08T12:00"),
        (time(8), time(9, 30), "2027-02-10T09:00", "2027-02-09T08:00"),
    ],
)
def test_a_reminder_in_quiet_hours_moves(
    opens: time, closes: time, start: str, expected: str
) -> None:
    assert planned(MessageKind.DAY_BEFORE, start, hours=OpenHours(opens, closes)) == expected


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        ("2027-02-08T11:00", "2027-02-09T10:00"),
        ("2027-02-09T07:59", "2027-02-09T10:00"),  # 26 hours and a minute
        ("2027-02-09T08:10", Reason.BOOKED_LATE),
        ("2027-02-10T07:30", Reason.BOOKED_AT_ONCE),
    ],
)
def test_what_is_booked_late_needs_no_reminder(agreed: str, expected: str) -> None:
    assert planned(MessageKind.DAY_BEFORE, "2027-02-10T10:00", agreed=agreed) == expected


def test_booked_on_friday_for_monday_is_reminded_at_once() -> None:
    expected = "2027-02-05T15:20"
    assert (
        planned(MessageKind.DAY_BEFORE, "2027-02-08T19:00", agreed="2027-02-05T15:20") == expected
    )


def test_booked_within_the_week_gets_no_week_before() -> None:
    assert planned(MessageKind.WEEK_BEFORE, "2027-02-10T10:00", agreed="2027-02-05T12:00") == "none"


@pytest.mark.parametrize(
    ("agreed", "start", "expected"),
    [
        ("2027-02-09T13:00", "2027-02-10T10:00", "2027-02-09T13:00"),
        ("2027-02-09T21:00", "2027-02-10T10:00", "2027-02-10T08:00"),  # not at night
        ("2027-02-06T21:00", "2027-02-08T10:00", "2027-02-08T08:00"),  # not on a Sunday
        ("2027-02-09T21:00", "2027-02-10T07:00", Reason.TOO_LATE),
    ],
)
def test_a_new_time_is_told_at_the_next_open_minute(agreed: str, start: str, expected: str) -> None:
    assert planned(MessageKind.MOVED, start, agreed=agreed) == expected


def test_what_was_missed_until_the_cut_off_is_too_late() -> None:
    starts_at = oslo("2027-02-10T10:00")
    now = oslo("2027-02-10T07:01")
    times = times_of(MessageKind.DAY_BEFORE, starts_at, starts_at - LONG_BEFORE, now, HOURS)
    assert times is not None
    assert times.reason == Reason.TOO_LATE


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31)),
    lead=st.timedeltas(timedelta(0), timedelta(days=40)),
    kind=st.sampled_from(list(MessageKind)),
    opens=st.integers(0, 22),
    length=st.integers(1, 23),
)
def test_never_in_quiet_hours_never_after_the_cut_off_never_before_it_was_agreed(
    start: datetime, lead: timedelta, kind: str, opens: int, length: int
) -> None:
    hours = OpenHours(time(opens), time(min(opens + length, 23), 59))
    starts_at = start.replace(tzinfo=UTC)
    agreed_at = starts_at - lead
    times = times_of(kind, starts_at, agreed_at, agreed_at, hours)
    if times is None or times.reason:
        return
    there = times.planned_at.astimezone(OSLO)
    assert not is_red_day(there.date())
    assert hours.opens <= there.time() < hours.closes
    assert agreed_at <= times.planned_at <= times.not_after <= starts_at
