"""The moment a command acts at: the database's clock, or one that is given."""

from datetime import datetime

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from cases.core.working_days import OSLO


def read_moment(text: str) -> datetime:
    """An ISO moment; without an offset it is Oslo wall time. Raises CommandError."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--now takes a moment such as 2026-11-24T10:00+01:00, not {text!r}.")
    return moment.replace(tzinfo=OSLO) if is_naive(moment) else moment
