"""What the forms of casework may offer a user."""

from datetime import date

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.models import Outcome
from cases.audit.record import record
from cases.casework.models import LegalBasis, Substance, UnitLawProfile
from cases.people.models import Person
from cases.units.models import Unit


def bases_for(user: User, day: date) -> list[tuple[Unit, list[LegalBasis]]]:
    """The user's units with the legal bases in force there on this day. Costs three queries."""
    units = Unit.objects.filter(pk__in=user.units_where(Permission.REGISTER_REFERRALS))
    links = list(UnitLawProfile.objects.in_force_on(day).filter(unit__in=units))
    bases = LegalBasis.objects.in_force_on(day).filter(profile__in={li.profile_id for li in links})
    in_order = list(bases.order_by("position", "name_nb").select_related("threshold_table"))
    return [
        (
            unit,
            [
                basis
                for basis in in_order
                if any(li.unit_id == unit.pk and li.profile_id == basis.profile_id for li in links)
            ],
        )
        for unit in units
    ]


def substances() -> list[Substance]:
    return list(Substance.objects.order_by("name_nb"))


def existing_person(user: User, unit: Unit, digits: str) -> Person | None:
    """Who has this number in the unit, if the user may see them.

    The look-up is logged, also when it meets somebody the user may not see: that the number is
    taken, they learn all the same, and so it stands in that person's log as refused.
    """
    person = Person.objects.with_identity_number(unit, digits).first()
    if person is None:
        return None
    is_visible = Person.objects.visible_to(user).filter(pk=person.pk).exists()
    record(
        "person.found_by_number", by=user, unit=unit.pk, target=person, persons=[person.pk],
        outcome=Outcome.DONE if is_visible else Outcome.DENIED,
    )  # fmt: skip
    return person if is_visible else None
