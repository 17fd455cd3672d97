"""What a membership allows: in its unit, between its dates, and on the very next request."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases.accounts.models import Membership, User
from cases.accounts.roles import ROLES, UNIT_ROLES, Permission, Role
from cases.casework.models import Case
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_in_force"),
    [
        (-10, None, True),
        (0, None, True),
        (0, 0, True),
        (-10, 0, True),
        (1, None, False),
        (-10, -1, False),
    ],
)
def test_a_membership_holds_from_its_first_to_its_last_day(
    unit: Unit, valid_from: int, valid_to: int | None, is_in_force: bool
) -> None:
    user = User.objects.create_user("ida@example.no", "Ida")
    Membership.objects.create(
        user=user,
        unit=unit,
        role=Role.ADVISER,
        valid_from=day(valid_from),
        valid_to=None if valid_to is None else day(valid_to),
    )
    assert user.may(Permission.SEE_CASES, unit.pk) is is_in_force
    assert user.may(Permission.SEE_CASES) is is_in_force
    assert user.units_where(Permission.SEE_CASES) == ({unit.pk} if is_in_force else set())
    assert list(User.objects.advisers_of(unit, day(0))) == ([user] if is_in_force else [])


def test_a_right_in_one_unit_is_none_in_the_next(
    adviser: User, unit: Unit, other_unit: Unit
) -> None:
    assert adviser.may(Permission.SEE_CASES, unit.pk)
    assert not adviser.may(Permission.SEE_CASES, other_unit.pk)


def test_one_person_may_hold_several_roles(leader: User, unit: Unit, other_unit: Unit) -> None:
    Membership.objects.create(
        user=leader, unit=other_unit, role=Role.ADVISER, valid_from=factories.LONG_AGO
    )
    assert leader.units_where(Permission.SEE_CASES) == {unit.pk, other_unit.pk}
    assert leader.units_where(Permission.SEE_UNIT_FIGURES) == {unit.pk}


def test_clearance_counts_in_its_own_unit_alone(
    cleared: User, unit: Unit, other_unit: Unit
) -> None:
    Membership.objects.create(
        user=cleared, unit=other_unit, role=Role.ADVISER, valid_from=factories.LONG_AGO
    )
    assert cleared.units_cleared() == {unit.pk}


def test_a_right_taken_away_is_gone_on_the_next_request(
    adviser: User, case: Case, client_of: Callable[[User], Client]
) -> None:
    browser, page = client_of(adviser), case.get_absolute_url()
    assert browser.get(page).status_code == 200
    Membership.objects.filter(user=adviser).update(valid_to=day(-1))
    assert browser.get(page).status_code in (403, 404)


@pytest.mark.parametrize("role", Role)
def test_a_role_belongs_to_a_unit_or_to_none(unit: Unit, role: Role) -> None:
    """In the form and in the database alike."""
    user = User.objects.create_user("ida@example.no", "Ida")
    wrong_unit = None if role in UNIT_ROLES else unit
    wrong = Membership(user=user, unit=wrong_unit, role=role, valid_from=day(0))
    with pytest.raises(ValidationError, match="belong to no unit"):
        wrong.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()


def test_a_membership_does_not_end_before_it_begins(unit: Unit, adviser: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=adviser).update(valid_to=date(1999, 1, 1))


def test_two_spellings_of_an_address_are_one_user(db: None) -> None:
    User.objects.create_user("Ida@Example.no", "Ida")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="IDA@EXAMPLE.NO", name="Ida")


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_sentence_and_no_more_than_it_needs(role: Role) -> None:
    rules = ROLES[role]
    assert str(rules.sentence).endswith(".")
    sees_cases = Permission.SEE_CASES in rules.permissions
    assert not (sees_cases and Permission.SET_UP in rules.permissions)
    assert sees_cases <= rules.belongs_to_unit
