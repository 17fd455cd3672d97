"""When a month of the access log has outlived what it tells about: case + 24 months.

A sealed month may go when it is old enough (`Seal.droppable`), when every case that was open in it
or before it is erased, and when none of those was erased within the last 24 months: until then somebody
may still ask who had looked. Only the year of an erasure is known, so it is the end of that year at the latest.
"""

from datetime import date, timedelta

from django.db.models import Min
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.actions import drop_sealed_month
from cases.audit.models import Seal
from cases.audit.sealing import first_of, following
from cases.casework.models import Case
from cases.core.dates import local
from cases.retention.models import ErasedCase
from cases.units.models import Unit

KEPT_AFTER_ERASURE = timedelta(days=731)


def droppable_months(unit: Unit) -> list[date]:
    """The first days of the months that may go, the oldest first. At most three queries."""
    now = timezone.now()
    seals = Seal.objects.droppable(now).filter(unit=unit.pk).order_by("month")
    months = list(seals.values_list("month", flat=True))
    if not months:
        return []
    oldest = Case.objects.filter(unit=unit).aggregate(first=Min("opened_at"))["first"]
    since = local(now - KEPT_AFTER_ERASURE).year
    erased_lately = ErasedCase.objects.filter(unit=unit, erased_year__gte=since)
    lately = erased_lately.aggregate(first=Min("year"))["first"]
    return [
        month
        for month in months
        if (oldest is None or oldest >= first_of(following(month)))
        and (lately is None or month.year < lately)
    ]


def drop_oldest_month(*, unit: Unit, by: User) -> date | None:
    """Drop the oldest month that may go, and tell which it was. Raises ChainIsBroken.

    One at a time: that a month was dropped is itself an event, and the chain verifies only with it.
    """
    months = droppable_months(unit)
    if not months:
        return None
    drop_sealed_month(unit=unit.pk, month=months[0], by=by)
    return months[0]
