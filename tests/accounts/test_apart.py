"""One person is no two: whoever has the other's way in, from whatever page and unit, is no second."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.actions import members
from cases.accounts.models import Membership, User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.privacy.actions import request_export
from cases.privacy.exporting import ExportWish
from cases.privacy.models import PersonExport
from cases.units.models import Unit
from tests import factories
from tests.audit.test_admin import path_of, sent_back

pytestmark = pytest.mark.django_db

PASS_PHRASE = "four words, only practice"
TODAY = timezone.localdate()


@pytest.fixture
def export(case: Case, unit: Unit, leader: User) -> PersonExport:
    return request_export(unit=unit, wish=ExportWish("all", None, None, "Moving"), by=leader)


def approve(export: PersonExport, browser: Client) -> str:
    """What is said to whoever tries."""
    address = reverse("privacy:approve_export", args=[export.pk])
    page: str = browser.post(address, follow=True).content.decode()
    return page


def is_refused(export: PersonExport, browser: Client) -> bool:
    said = approve(export, browser)
    export.refresh_from_db()
    refused = "One of you gave the other their way in" in said
    assert refused == (export.approved_at is None)
    return refused


def member(unit: Unit, name: str, role: Role, by: User) -> User:
    """Made on the unit's own page."""
    given = members.add_member(
        unit=unit, email=f"{name}@example.no", name=name, role=role, valid_from=TODAY,
        valid_to=None, by=by,
    )  # fmt: skip
    return given.user


def keeps_the_installation(user: User) -> None:
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR, valid_from=factories.LONG_AGO)


def signed_in(user: User) -> Client:
    """With the password, as whoever has set it does."""
    browser = Client(headers={"accept-language": "en"})
    sent = {"login": user.email, "password": PASS_PHRASE}
    assert browser.post(reverse("account_login"), sent).status_code == 302
    return browser


def test_a10_a_user_made_in_admin_is_no_second_person_beside_who_made_them(
    export: PersonExport, leader: User, unit: Unit, client_of: Callable[[User], Client]
) -> None:
    """The leader keeps the installation, too, and makes a municipal administrator of nobody."""
    keeps_the_installation(leader)
    browser = client_of(leader)
    page = reverse("admin:accounts_user_add")
    line = {
        "email": "second@example.no", "name": "Second", "new_password": PASS_PHRASE,
        "memberships-TOTAL_FORMS": "1", "memberships-0-unit": str(unit.pk),
        "memberships-0-role": Role.MUNICIPAL_ADMINISTRATOR,
        "memberships-0-valid_from": "2026-01-01",
    }  # fmt: skip
    assert browser.post(page, sent_back(browser.get(page)) | line).status_code == 302
    assert is_refused(export, signed_in(User.objects.get(email="second@example.no")))


@pytest.mark.parametrize("forged", [{"new_password": PASS_PHRASE}, {"email": "mine@example.no"}])
def test_a10_a_way_in_set_in_admin_counts(
    export: PersonExport, leader: User, municipal_administrator: User, unit: Unit,
    client_of: Callable[[User], Client], forged: dict[str, str],
) -> None:  # fmt: skip
    keeps_the_installation(leader)
    browser, page = client_of(leader), path_of(municipal_administrator)
    browser.post(page, sent_back(browser.get(page)) | forged)
    told = Event.objects.get(action="user.way_in_set")
    assert (told.unit, told.target) == (unit.pk, municipal_administrator.pk)
    municipal_administrator.refresh_from_db()
    as_them = signed_in if "new_password" in forged else client_of
    assert is_refused(export, as_them(municipal_administrator))


def test_a10_b1_a_way_in_given_in_another_unit_counts(
    export: PersonExport, leader: User, unit: Unit, other_unit: Unit,
    municipal_administrator: User, client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    """On PostgreSQL the one who approves does not see the other unit's log."""
    Membership.objects.create(
        user=leader, unit=other_unit, role=Role.MUNICIPAL_ADMINISTRATOR,
        valid_from=factories.LONG_AGO,
    )  # fmt: skip
    again = User.objects.get(pk=leader.pk)
    second = member(other_unit, "second", Role.ADVISER, by=again)
    Membership.objects.filter(user=second).update(
        valid_from=TODAY - timedelta(days=3), valid_to=TODAY - timedelta(days=1)
    )
    members.add_member(
        unit=unit, email=second.email, name="", role=Role.LEADER, valid_from=TODAY,
        valid_to=None, by=municipal_administrator,
    )  # fmt: skip
    assert is_refused(export, client_of(second))


def test_a10_a_user_in_between_makes_no_second_person(
    export: PersonExport, leader: User, unit: Unit, client_of: Callable[[User], Client]
) -> None:
    between = factories.make_user("between", unit, Role.MUNICIPAL_ADMINISTRATOR)
    with recorded():
        record("admin.user.added", by=leader, target=between)
    last = member(unit, "last", Role.LEADER, by=between)
    assert is_refused(export, client_of(last))


def test_a10_two_made_by_the_same_hand_are_no_two(
    export: PersonExport, leader: User, unit: Unit, client_of: Callable[[User], Client]
) -> None:
    """Whoever can be both of them is one person, though none of the two made the other."""
    third = factories.make_user("third", unit, Role.MUNICIPAL_ADMINISTRATOR)
    with recorded():
        record("user.entry_link_given", by=third, unit=unit.pk, target=leader)
    assert is_refused(export, client_of(member(unit, "last", Role.LEADER, by=third)))


def test_a_second_person_from_elsewhere_approves(
    export: PersonExport, municipal_administrator: User, unit: Unit, coordinator: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    """Who gave whom a way in among others is nobody's obstacle."""
    members.give_entry_link(user=coordinator, unit=unit, by=municipal_administrator)
    assert not is_refused(export, client_of(municipal_administrator))
