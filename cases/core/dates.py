"""Dates and times as people type and read them; Oslo wall time and UTC.

Every function takes the day or the moment it needs: nothing here asks the clock.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.core.working_days import OSLO

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
TODAY_WORDS = frozenset({"i dag", "idag", "today"})
TOMORROW_WORDS = frozenset({"i morgen", "i morgon", "imorgen", "imorgon", "tomorrow"})
# Monday first, in bokmål, nynorsk and English.
WEEKDAY_WORDS = (
    ("mandag", "måndag", "monday"),
    ("tirsdag", "tysdag", "tuesday"),
    ("onsdag", "onsdag", "wednesday"),
    ("torsdag", "torsdag", "thursday"),
    ("fredag", "fredag", "friday"),
    ("lørdag", "laurdag", "saturday"),
    ("søndag", "sundag", "sunday"),
)


class NonexistentLocalTime(ValueError):
    """The clock jumps over this time on the last Sunday of March."""

    def __str__(self) -> str:
        return _(
            "This time does not exist: the clock is put forward that night. Choose another time."
        )


class AmbiguousLocalTime(ValueError):
    """The clock shows this time twice on the last Sunday of October."""

    def __str__(self) -> str:
        return _("This time comes twice: the clock is put back that night. Choose another time.")


def parse_date(text: str, today: date) -> date:
    """25.11.2026, 1.3.26, 010326, 1/3, 2026-11-25, «i morgen», «fredag». Raises ValueError."""
    words = " ".join(text.casefold().split())
    if words in TODAY_WORDS:
        return today
    if words in TOMORROW_WORDS:
        return today + timedelta(days=1)
    for weekday, names in enumerate(WEEKDAY_WORDS):
        if words in names:
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    day = _parse_digits(words.rstrip("."), today)
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValueError(text)
    return day


def _parse_digits(text: str, today: date) -> date:
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text):
        return date(*map(int, match.groups()))
    if match := re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{2}|[0-9]{4})", text):
        day, month, year_text = match.groups()
        return date(_year(year_text, today), int(month), int(day))
    pattern = r"([0-9]{1,2})[./\- ] ?([0-9]{1,2})(?:[./\- ] ?([0-9]{2}|[0-9]{4}))?"
    if match := re.fullmatch(pattern, text):
        day, month, year_text = match.groups()
        return date(_year(year_text, today) if year_text else today.year, int(month), int(day))
    raise ValueError(text)


def _year(text: str, today: date) -> int:
    """Two digits mean the one such year from 89 years ago to ten years ahead."""
    if len(text) == 4:
        return int(text)
    latest = today.year + 10
    return latest - (latest - int(text)) % 100


def parse_time(text: str) -> time:
    """14.00, 14:00, 1400, 9, «kl. 14». Raises ValueError."""
    plain = re.sub(r"^(kl\.?|at)\s*", "", text.casefold().strip())
    if match := re.fullmatch(r"([0-9]{1,2})(?:[.:, ]?([0-9]{2}))?", plain):
        hour, minute = match.groups(default="0")
        return time(int(hour), int(minute))
    raise ValueError(text)


def to_utc(day: date, clock: time) -> datetime:
    """The moment of an Oslo wall time. Raises NonexistentLocalTime or AmbiguousLocalTime."""
    # A clock read off a moment may carry a fold of its own; typed time has none.
    first = datetime.combine(day, clock, tzinfo=OSLO).replace(fold=0)
    second = first.replace(fold=1)
    if first.utcoffset() != second.utcoffset():
        back = first.astimezone(UTC).astimezone(OSLO)
        if back.replace(tzinfo=None) != first.replace(tzinfo=None):
            raise NonexistentLocalTime
        raise AmbiguousLocalTime
    return first.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """The same moment, as Oslo's clocks show it."""
    return moment.astimezone(OSLO)


def relative_day(day: date, today: date) -> str:
    """«today», «in 2 days», «4 days ago», and beyond two weeks the date itself."""
    distance = (day - today).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("tomorrow")
    if distance == -1:
        return _("yesterday")
    if abs(distance) > 14:
        return date_format(day, "DATE_FORMAT")
    if distance > 0:
        return ngettext("in %(days)s day", "in %(days)s days", distance) % {"days": distance}
    return ngettext("%(days)s day ago", "%(days)s days ago", -distance) % {"days": -distance}


def day_in_words(day: date) -> str:
    """«fredag 20. november 2026» in the active language."""
    return f"{date_format(day, 'l')} {date_format(day, 'DATE_FORMAT')}"
