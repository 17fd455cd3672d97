"""Whom a reader of the log may be told about: by a case number, and by what they share with an
employee. A block beats both.
"""

from uuid import UUID

from django.db.models import Q

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.people.models import Block, Person, Protection, visible_through
from cases.people.models.access import BlockQuerySet
from cases.people.models.person import PersonQuerySet


def blocked_for(reader: User) -> set[UUID]:
    """People whom the reader must not see: kin, neighbours, friends."""
    return set(_blocks(reader).values_list("person", flat=True))


def people_not_blocked(reader: User) -> PersonQuerySet:
    """Whose numbers stand in the reader's own log: they have seen these people themselves."""
    return Person.objects.exclude(pk__in=_blocks(reader).values("person"))


def people_named_to(reader: User) -> PersonQuerySet:
    """Whose case numbers the reader may read: those they may see, and for whoever reviews all of a
    unit's log, everybody of that unit."""
    reviewed = Q(unit__in=reader.units_where(Permission.REVIEW_LOG))
    return people_not_blocked(reader).filter(visible_through(reader) | reviewed)


def people_compared_for(reader: User) -> PersonQuerySet:
    """Who is held against the employees' names and contacts. A likeness is content: who keeps an
    employee's contacts could ask by it where a hidden person lives."""
    unprotected = Q(protection=Protection.NONE) | Q(unit__in=reader.units_cleared())
    sees_restricted = reader.units_where(Permission.SEE_RESTRICTED)
    unrestricted = Q(restricted_at=None) | Q(unit__in=sees_restricted)
    return people_not_blocked(reader).filter(unprotected & unrestricted)


def _blocks(reader: User) -> BlockQuerySet:
    return Block.objects.in_force().filter(user=reader)
