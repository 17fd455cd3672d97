"""Restrict the processing of a person's data, and lift the restriction again."""

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.core.database.uniqueness import unique_or
from cases.people.models import Person
from cases.privacy.models import Restriction


class AlreadyRestricted(Exception):
    """Somebody else restricted it first."""


class NotRestricted(Exception):
    """Somebody else lifted it first."""


def restrict_processing(*, person: Person, reason: str, by: User) -> Restriction:
    """Hide the person from all but the leader and withhold messages. Raises AlreadyRestricted."""
    now = timezone.now()
    with recorded():
        free = Person.objects.filter(pk=person.pk, restricted_at=None)
        if not free.update(restricted_at=now, restricted_by=by):
            raise AlreadyRestricted
        with unique_or(AlreadyRestricted):
            restriction = Restriction.objects.create(
                unit_id=person.unit_id, person=person, reason=reason, set_at=now, set_by=by
            )
        record("person.restricted", by=by, unit=person.unit_id, target=person, persons=[person.pk])
    person.restricted_at, person.restricted_by = now, by
    return restriction


def lift_restriction(*, person: Person, reason: str, by: User) -> None:
    """Show the person to the unit again. Raises NotRestricted."""
    now = timezone.now()
    with recorded():
        restricted = Person.objects.filter(pk=person.pk, restricted_at__isnull=False)
        if not restricted.update(restricted_at=None, restricted_by=None):
            raise NotRestricted
        for restriction in Restriction.objects.in_force().filter(person=person):
            restriction.person = person
            restriction.lifted_at, restriction.lifted_by = now, by
            restriction.lift_reason = reason
            restriction.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        record("person.released", by=by, unit=person.unit_id, target=person, persons=[person.pk])
    person.restricted_at = person.restricted_by = None
