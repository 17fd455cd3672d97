from datetime import datetime, time, timedelta

from cases.core.working_days import OSLO


def bounds_of(now: datetime) -> tuple[datetime, datetime]:
    """The first moment of this Oslo day and of the next one; 23 or 25 hours apart twice a year."""
    day = now.astimezone(OSLO).date()
    midnight = datetime.combine(day, time(0), tzinfo=OSLO)
    return midnight, datetime.combine(day + timedelta(days=1), time(0), tzinfo=OSLO)
