"""When a message is to go out, and when it must not any more. Wall time in Oslo, nothing stored.

Twenty-four hours before 09:00 on a clock-change Sunday is not 09:00 the day before: everything here
counts days on the calendar and reads the clock on the wall.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from cases.core.working_days import OSLO, is_quiet, is_working_day, previous_working_day
from cases.reminders.models import MessageKind
from cases.reminders.words import Reason

REMINDER_CLOCK = time(10)
DAYS_IN_A_WEEK_BEFORE = 6
ENOUGH_WARNING = timedelta(hours=12)
TOO_SHORT_FOR_A_REMINDER = timedelta(hours=26)
TOO_SHORT_FOR_A_MESSAGE = timedelta(hours=3)
LOOKS_AROUND_DAYS = 30
CUT_OFF = {
    MessageKind.WEEK_BEFORE: timedelta(hours=48),
    MessageKind.DAY_BEFORE: timedelta(hours=3),
    MessageKind.MOVED: timedelta(0),
    MessageKind.CANCELLED: timedelta(0),
}


@dataclass(frozen=True)
class OpenHours:
    """When a unit's messages may arrive: its hours, but never on red days or days it is closed."""

    opens: time
    closes: time
    closed_days: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, moment: datetime) -> bool:
        closed = moment.astimezone(OSLO).date() in self.closed_days
        return not closed and not is_quiet(moment, self.opens, self.closes)

    def next_open(self, moment: datetime) -> datetime | None:
        """This moment, or the first after it at which messages may arrive."""
        first_day = moment.astimezone(OSLO).date()
        for days in range(LOOKS_AROUND_DAYS):
            candidate = max(moment, at_wall_time(first_day + timedelta(days=days), self.opens))
            if self.is_open(candidate):
                return candidate
        return None

    def last_open(self, moment: datetime, clock: time) -> datetime | None:
        """This clock, or the unit's first hour, on the last open day up to this moment."""
        last_day = moment.astimezone(OSLO).date()
        if not self.opens <= clock < self.closes:
            clock = self.opens
        for days in range(LOOKS_AROUND_DAYS):
            candidate = at_wall_time(last_day - timedelta(days=days), clock)
            if candidate <= moment and self.is_open(candidate):
                return candidate
        return None


@dataclass(frozen=True)
class Times:
    """`reason` is set when the message is not to be sent at all."""

    planned_at: datetime
    not_after: datetime
    reason: str = ""


def at_wall_time(day: date, clock: time) -> datetime:
    """The moment in UTC at which Oslo's clocks show this."""
    return datetime.combine(day, clock, tzinfo=OSLO).astimezone(UTC)


def times_of(
    kind: str, starts_at: datetime, agreed_at: datetime, now: datetime, hours: OpenHours
) -> Times | None:
    """When this kind of message goes out for an appointment agreed on at `agreed_at`.

    None when it does not apply: too little time lay between agreeing and the day of a week before.
    """
    not_after = starts_at - CUT_OFF[MessageKind(kind)]
    wanted = _wanted(kind, starts_at, agreed_at, hours)
    if kind == MessageKind.WEEK_BEFORE and (wanted < agreed_at or now > not_after):
        return None
    notice = starts_at - agreed_at
    if kind == MessageKind.DAY_BEFORE and notice < TOO_SHORT_FOR_A_REMINDER:
        at_once = notice < TOO_SHORT_FOR_A_MESSAGE
        reason = Reason.BOOKED_AT_ONCE if at_once else Reason.BOOKED_LATE
        return Times(agreed_at, not_after, reason)
    planned = _open_moment(max(wanted, agreed_at), starts_at, agreed_at, hours)
    if planned is None or max(planned, now) > not_after:
        return Times(planned or not_after, not_after, Reason.TOO_LATE)
    return Times(planned, not_after)


def _wanted(kind: str, starts_at: datetime, agreed_at: datetime, hours: OpenHours) -> datetime:
    """The moment we would choose if the message could go out at any time."""
    day = starts_at.astimezone(OSLO).date()
    if kind == MessageKind.DAY_BEFORE:
        day = previous_working_day(day)
    elif kind == MessageKind.WEEK_BEFORE:
        day -= timedelta(days=DAYS_IN_A_WEEK_BEFORE)
        if not is_working_day(day):
            day = previous_working_day(day)
    else:
        return agreed_at
    for _try in range(LOOKS_AROUND_DAYS):
        if day not in hours.closed_days:
            break
        day = previous_working_day(day)
    return at_wall_time(day, REMINDER_CLOCK)


def _open_moment(
    wanted: datetime, starts_at: datetime, earliest: datetime, hours: OpenHours
) -> datetime | None:
    """The moment itself; else earlier with twelve hours' warning; else the next open minute."""
    if hours.is_open(wanted):
        return wanted
    earlier = hours.last_open(wanted, REMINDER_CLOCK)
    if earlier is not None and earliest <= earlier <= starts_at - ENOUGH_WARNING:
        return earlier
    return hours.next_open(wanted)
