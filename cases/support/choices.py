"""What the forms let people choose between: the unit's own catalogue."""

from cases.support.models import Service, ServiceQuerySet
from cases.units.models import Unit


def services_of(unit: Unit) -> ServiceQuerySet:
    return Service.objects.offered_by(unit)
