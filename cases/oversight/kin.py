"""Who shares name, telephone, e-mail or address with an employee, asked inside the database.

Neither a name nor a number of any person is loaded: the answer is which rows are alike. Only people
of whom the reader may know it are compared.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import BooleanField, Case, Q, QuerySet, UUIDField, Value, When

from cases.accounts.models import User
from cases.oversight.models import EmployeeContact
from cases.people.models import ContactKind, ContactPoint, Person, contact_lookup
from cases.people.models.person import PersonQuerySet


@dataclass
class Kin:
    """(employee, person) pairs by what they share."""

    own_name: set[tuple[UUID, UUID]] = field(default_factory=set)
    surname: set[tuple[UUID, UUID]] = field(default_factory=set)
    contact: set[tuple[UUID, UUID]] = field(default_factory=set)


def kin_of(employees: list[User], unit_id: UUID, compared: PersonQuerySet) -> Kin:
    """Three queries, however many employees and people the unit has."""
    kin = Kin()
    people = compared.filter(unit=unit_id)
    alike = [_with_the_name_of(user, people) for user in employees if _surname(user)]
    if alike:
        rows = alike[0].union(*alike[1:], all=True) if len(alike) > 1 else alike[0]
        for employee, person, is_own in rows:
            (kin.own_name if is_own else kin.surname).add((employee, person))
    kin.contact = _sharing_a_contact(employees, unit_id, people)
    return kin


def _surname(user: User) -> str:
    words = user.name.split()
    return words[-1] if len(words) > 1 else ""


def _with_the_name_of(
    user: User, people: PersonQuerySet
) -> QuerySet[Person, tuple[UUID, UUID, bool]]:
    """Those whose surname, or a part of it, is the employee's."""
    surname = _surname(user)
    given = user.name.removesuffix(surname).strip()
    same = Q()
    # The database folds the case of a-z only; names are written in one of these ways.
    for spelled in {surname, surname.lower(), surname.upper(), surname.capitalize()}:
        same |= Q(family_name__iexact=spelled)
        for glue in (" ", "-"):
            same |= Q(family_name__istartswith=f"{spelled}{glue}")
            same |= Q(family_name__iendswith=f"{glue}{spelled}")
    is_own = Case(
        When(family_name__iexact=surname, given_name__iexact=given, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return (
        people.filter(same)
        .annotate(employee=Value(user.pk, output_field=UUIDField()), is_own=is_own)
        .values_list("employee", "pk", "is_own")
    )


def _sharing_a_contact(
    employees: list[User], unit_id: UUID, people: PersonQuerySet
) -> set[tuple[UUID, UUID]]:
    owners: dict[str, set[UUID]] = {}
    for user in employees:
        lookup = contact_lookup(ContactKind.EMAIL, user.email)
        owners.setdefault(lookup, set()).add(user.pk)
    kept = EmployeeContact.objects.filter(unit=unit_id, user__in=employees)
    for owner, lookup in kept.values_list("user", "lookup"):
        owners.setdefault(lookup, set()).add(owner)
    points = ContactPoint.objects.usable().filter(
        unit=unit_id, lookup__in=owners, person__in=people.values("pk")
    )
    return {
        (owner, person)
        for person, lookup in points.values_list("person", "lookup")
        for owner in owners[lookup]
    }
