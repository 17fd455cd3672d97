"""What waits for a user, from every part of the program that keeps such things.

A part adds its own function to SOURCES: counts and case numbers only, never content.
"""

from collections.abc import Callable
from datetime import datetime

from cases.accounts.models import User
from cases.core.waiting import Waiting
from cases.oversight import waiting as oversight

Source = Callable[[User, datetime], list[Waiting]]
SOURCES: tuple[Source, ...] = (oversight.waiting_for,)


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """Every line for this user, the late ones first."""
    lines = [line for source in SOURCES for line in source(user, now)]
    return sorted(lines, key=lambda line: not line.is_late)
