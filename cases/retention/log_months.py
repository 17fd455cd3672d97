"""When a month of the access log has outlived what it tells about: case + 24 months.

A sealed month may go when it is old enough (`Seal.droppable`), when every case that was open in it
or before it is erased, and when none of those was erased within the last 24 months: until then somebody
may still ask who had looked. Only the year of an erasure is known, so it is the end of that year at
the latest. It goes when its review is signed and two different people want it: whoever is in the log
does not drop it alone. What was noted about its lines goes with it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.rights import check_apart
from cases.audit.actions import drop_sealed_month
from cases.audit.models import Seal
from cases.audit.record import record, recorded
from cases.audit.sealing import first_of, following
from cases.casework.models import Case
from cases.core.database.uniqueness import unique_or
from cases.core.dates import local
from cases.core.models import declared_in_privacy
from cases.retention.actions import NotWaiting, SamePerson
from cases.retention.models import ErasedCase, LogDeletion
from cases.units.models import Unit

KEPT_AFTER_ERASURE = timedelta(days=731)


class NothingToDrop(Exception):
    """No month is old enough, or a case of it is kept."""


class NotReviewed(Exception):
    """Nobody has signed that the look-ups of the month were gone through."""


class AlreadyAsked(Exception):
    """A month of this unit waits for its second person."""


@dataclass(frozen=True)
class OldMonths:
    """The months of a unit's log that may go, the oldest first: that one goes next."""

    unit: Unit
    months: list[date]
    is_reviewed: bool
    asked: LogDeletion | None


def old_months(unit: Unit) -> OldMonths | None:
    months = droppable_months(unit)
    if not months:
        return None
    asked = LogDeletion.objects.waiting().filter(unit=unit).select_related("asked_by")
    return OldMonths(unit, months, _is_reviewed(unit, months[0]), asked.first())


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


def ask_to_drop(*, unit: Unit, by: User) -> LogDeletion:
    """The first of two: the oldest month that may go. Raises NothingToDrop, NotReviewed,
    AlreadyAsked."""
    with recorded():
        month = _next_to_go(unit)
        with unique_or(AlreadyAsked):
            asked = LogDeletion.objects.create(
                unit=unit, month=month, asked_at=timezone.now(), asked_by=by
            )
        record("retention.log_asked", by=by, unit=unit.pk, target=asked)
    return asked


def drop_as_second(*, unit: Unit, by: User) -> LogDeletion:
    """The second of two: the month that was asked for goes, and the signatures under its lines.

    One at a time: that a month was dropped is itself an event, and the chain verifies only with it.
    Raises NotWaiting, SamePerson, SameHands, NothingToDrop, NotReviewed, ChainIsBroken.
    """
    with recorded():
        waiting = LogDeletion.objects.waiting().select_for_update(of=("self",)).filter(unit=unit)
        asked = waiting.first()
        if asked is None:
            raise NotWaiting
        if asked.asked_by_id == by.pk:
            raise SamePerson
        check_apart(asked.asked_by_id, by.pk)
        if _next_to_go(unit) != asked.month:
            raise NothingToDrop
        drop_sealed_month(unit=unit.pk, month=asked.month, by=by)
        _drop_what_tells_of_it(unit, asked.month)
        asked.second_at, asked.second_by = timezone.now(), by
        asked.save(update_fields=["second_at", "second_by"])
    return asked


def _next_to_go(unit: Unit) -> date:
    months = droppable_months(unit)
    if not months:
        raise NothingToDrop
    if not _is_reviewed(unit, months[0]):
        raise NotReviewed
    return months[0]


def _is_reviewed(unit: Unit, month: date) -> bool:
    """Oversight stands beside us: its models say themselves that they sign months of the log."""
    return all(
        model._base_manager.filter(unit=unit, **{column: month}).exists()
        for model, column in declared_in_privacy("signs_months_of_log").items()
    )


def _drop_what_tells_of_it(unit: Unit, month: date) -> None:
    """Of older months as well: they went before this was looked at."""
    for model, column in declared_in_privacy("goes_with_log").items():
        model._base_manager.filter(unit=unit, **{f"{column}__lt": following(month)}).delete()
