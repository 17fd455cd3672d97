"""Red days, working days and the hours in which a message may be sent, in Oslo wall time."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

OSLO = ZoneInfo("Europe/Oslo")
SATURDAY, SUNDAY = 5, 6


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=year))


def is_red_day(day: date) -> bool:
    """A Sunday or a Norwegian public holiday."""
    return day.weekday() == SUNDAY or day in _public_holidays(day.year)


def is_working_day(day: date) -> bool:
    return day.weekday() != SATURDAY and not is_red_day(day)


def previous_working_day(day: date) -> date:
    """The last working day before `day`."""
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def is_quiet(moment: datetime, opens: time, closes: time) -> bool:
    """Whether nothing may be sent at this moment: a red day, or outside [opens, closes)."""
    there = moment.astimezone(OSLO)
    return is_red_day(there.date()) or not opens <= there.time() < closes
