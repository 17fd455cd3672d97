"""Which unit and month of the review list comes next."""

from datetime import date, timedelta

from cases.accounts.models import User
from cases.oversight.models import MonthReview, units_reviewed_by
from cases.units.models import Unit


def reviewed_units(user: User) -> list[Unit]:
    """The units whose list the user goes through, by name."""
    return list(Unit.objects.filter(pk__in=units_reviewed_by(user)).order_by("name", "pk"))


def unsigned_month(unit: Unit, today: date) -> date:
    """Last month until it is signed off, then this month."""
    last = month_before(today)
    is_signed = MonthReview.objects.filter(unit=unit, month=last).exists()
    return today.replace(day=1) if is_signed else last


def month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_around(month: date) -> dict[str, date]:
    return {"before": month_before(month), "after": month_after(month)}


def is_over(month: date, today: date) -> bool:
    return today >= month_after(month)
