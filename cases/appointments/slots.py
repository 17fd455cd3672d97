"""No double booking: one unique row per resource and five-minute cell, on every engine."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, models, transaction

from cases.accounts.models import User
from cases.appointments.models import CELL_SECONDS, Appointment, Booking
from cases.units.models import Place


class Resource(models.TextChoices):
    ADVISER = "adviser"
    PLACE = "place"
    PERSON = "person"


class SlotTaken(Exception):
    """Somebody else has the adviser, the room or the person at that time."""

    def __init__(self, kind: Resource, resource: UUID) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.resource = resource


def cells_between(starts_at: datetime, ends_at: datetime) -> range:
    """The cells of [starts_at, ends_at): seconds since 1970 in UTC, divided by 300."""
    return range(
        int(starts_at.timestamp()) // CELL_SECONDS, int(ends_at.timestamp()) // CELL_SECONDS
    )


def resources_of(appointment: Appointment) -> dict[UUID, Resource]:
    """What an appointment occupies; video, telephone, home and outdoors occupy no room."""
    resources = {
        appointment.adviser_id: Resource.ADVISER,
        appointment.case.person_id: Resource.PERSON,
    }
    if appointment.place.is_room:
        resources[appointment.place_id] = Resource.PLACE
    return resources


def hold(*, advisers: Iterable[UUID], places: Iterable[UUID]) -> None:
    """Lock advisers and places, always in the same order, until the transaction ends.

    The unique rows alone refuse a double booking; this only keeps two people who swap times from
    waiting for each other until the database gives one of them up. SQLite has one writer anyway.
    """
    for model, ids in ((User, advisers), (Place, places)):
        rows = model._base_manager.select_for_update(no_key=True).filter(pk__in=set(ids))
        list(rows.order_by("pk").values_list("pk", flat=True))


def take(appointment: Appointment) -> None:
    """Take every cell of the appointment, or none. Raises SlotTaken."""
    cells = cells_between(appointment.starts_at, appointment.ends_at)
    resources = resources_of(appointment)
    rows = [
        Booking(unit_id=appointment.unit_id, appointment=appointment, resource=resource, cell=cell)
        for resource in sorted(resources)
        for cell in cells
    ]
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(rows)
    except IntegrityError as error:
        taken = Booking.objects.filter(resource__in=resources, cell__in=cells)
        others = set(taken.values_list("resource", flat=True))
        # Whoever was in the way may have gone again; then the adviser is as good an answer as any.
        resource = next((r for r in resources if r in others), appointment.adviser_id)
        raise SlotTaken(resources[resource], resource) from error


def free(appointment: Appointment) -> None:
    """Give the cells back: the appointment has ended, is cancelled or moves."""
    Booking.objects.filter(appointment=appointment).delete()
