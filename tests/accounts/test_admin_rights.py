"""Django admin: a fresh proof before it, one's own units only, and no way around the rules of rights."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import Draft, Membership, User
from cases.accounts.roles import SET_UP_OF_UNIT, Role
from cases.desk.reference import load_reference_data
from cases.letters.models import TextTemplate
from cases.support.models import Service
from cases.units.models import Place, Unit
from tests.audit.test_admin import path_of, sent_back

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASS_PHRASE = "four words, only practice"
INDEX = reverse("admin:index")
OF_A_UNIT = ("units.place", "support.service", "letters.texttemplate", "reminders.reminderrule")


@pytest.fixture
def browser(municipal_administrator: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(municipal_administrator)


def prove(browser: Client, user: User, method: str, minutes_ago: int) -> None:
    """Let the session remember that the user showed something so long ago."""
    session = browser.session
    at = timezone.now().timestamp() - minutes_ago * 60
    session[RECORDS] = [{"method": method, "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 302)])
def test_a11_set_up_asks_for_a_fresh_second_factor(
    administrator: User, client_of: Callable[[User], Client], minutes: int, status: int
) -> None:
    TOTP.activate(administrator, SECRET)
    browser = client_of(administrator)
    prove(browser, administrator, "mfa", minutes)
    answer = browser.get(INDEX)
    assert answer.status_code == status
    if status == 302:
        confirm = reverse("mfa_reauthenticate", query={"next": INDEX})
        assert answer["Location"] == confirm


def test_a11_in_practice_a_fresh_password_opens_it(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    administrator.set_password(PASS_PHRASE)
    administrator.save()
    browser = client_of(administrator)
    asked = browser.get(INDEX)["Location"]
    assert asked == reverse("account_reauthenticate", query={"next": INDEX})
    assert browser.post(asked, {"password": "wrong"}).status_code == 200
    assert browser.get(INDEX).status_code == 302
    assert browser.post(asked, {"password": PASS_PHRASE})["Location"] == INDEX
    assert browser.get(INDEX).status_code == 200


def test_what_was_typed_waits_for_the_confirmation(
    administrator: User, client_of: Callable[[User], Client], unit: Unit
) -> None:
    TOTP.activate(administrator, SECRET)
    browser = client_of(administrator)
    asked = browser.post(path_of(unit), {"name": "Enhet Nytt navn", "new_password": "secret"})
    kept = Draft.objects.get(owner=administrator)
    assert str(kept.about) in asked["Location"]
    assert json.loads(kept.content)["fields"] == {"name": ["Enhet Nytt navn"]}


def test_every_page_of_set_up_asks(administrator: User, client_of: Any, unit: Unit) -> None:
    TOTP.activate(administrator, SECRET)
    browser = client_of(administrator)
    for page in (path_of(unit), reverse("admin:units_unit_changelist"), reverse("admin:jsi18n")):
        assert browser.get(page).status_code == 302, page
        assert browser.post(page, {}).status_code == 302, page


def test_a_municipal_administrator_finds_their_own_unit_only(
    browser: Client, unit: Unit, other_unit: Unit
) -> None:
    load_reference_data()
    for one in (unit, other_unit):
        Service.objects.create(unit=one, name_nb=f"Samtale {one.code}")
    assert browser.get(INDEX).status_code == 200
    for label in OF_A_UNIT:
        page = reverse(f"admin:{label.replace('.', '_')}_changelist")
        rows = browser.get(page).context["cl"].queryset
        assert {row.unit_id for row in rows} <= {unit.pk}, label
        assert other_unit.name not in browser.get(page).content.decode(), label
    theirs = Place.objects.filter(unit=other_unit).first()
    assert theirs
    for foreign in (path_of(theirs), path_of(other_unit)):
        assert browser.get(foreign).status_code == 302
        assert browser.post(foreign, {"name_nb": "Kanarinavn"}).status_code == 302
    assert not Place.objects.filter(name_nb="Kanarinavn").exists()


@pytest.mark.parametrize("label", OF_A_UNIT)
def test_a4_no_other_unit_is_a_choice(
    browser: Client, unit: Unit, other_unit: Unit, label: str
) -> None:
    page = reverse(f"admin:{label.replace('.', '_')}_add")
    form = browser.get(page).context["adminform"].form
    assert list(form.fields["unit"].queryset) == [unit]
    for wrong in (str(other_unit.pk), ""):
        answer = browser.post(page, sent_back(browser.get(page)) | {"unit": wrong})
        assert "unit" in answer.context["adminform"].form.errors


def test_a_text_that_everybody_shares_is_not_one_unit_s_to_change(browser: Client) -> None:
    load_reference_data()
    shared = TextTemplate.objects.filter(unit=None).first()
    assert shared
    assert browser.get(path_of(shared)).status_code == 302


def test_the_unit_itself_is_not_changed_by_its_municipality(browser: Client, unit: Unit) -> None:
    page = browser.get(path_of(unit))
    assert page.status_code == 200
    browser.post(path_of(unit), sent_back(page) | {"name": "Kanarinavn", "code": "KAN"})
    unit.refresh_from_db()
    assert (unit.name, unit.code) != ("Kanarinavn", "KAN")


def test_everything_shared_is_closed_to_a_municipal_administrator(browser: Client) -> None:
    open_models = {
        perm.partition(".")[0] + "." + perm.rpartition("_")[2] for perm in SET_UP_OF_UNIT
    }
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        expected = 200 if model._meta.label_lower in open_models else 403
        assert browser.get(reverse(name)).status_code == expected, name


def test_a10_nobody_changes_their_own_rights_in_admin(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    browser, page = client_of(administrator), path_of(administrator)
    sent = sent_back(browser.get(page))
    for forged in (
        {"memberships-0-valid_to": "2031-01-01"},
        {"memberships-0-role": Role.FIGURES_READER},
        {"new_password": PASS_PHRASE},
        {"email": "else@example.no"},
    ):
        answer = browser.post(page, sent | forged, follow=True)
        assert "Nobody changes their own rights" in answer.content.decode()
    membership = administrator.memberships.get()
    assert (membership.role, membership.valid_to) == (Role.ADMINISTRATOR, None)


@pytest.mark.parametrize("role", [Role.ADVISER, Role.LEADER, Role.AUDITOR])
def test_a10_a_system_administrator_gives_no_role_in_a_unit(
    administrator: User, unit: Unit, adviser: User, client_of: Callable[[User], Client], role: Role
) -> None:
    browser, page = client_of(administrator), path_of(adviser)
    line = {
        "memberships-TOTAL_FORMS": "2", "memberships-1-unit": str(unit.pk),
        "memberships-1-role": role, "memberships-1-valid_from": "2026-01-01",
        "memberships-1-user": str(adviser.pk),
    }  # fmt: skip
    answer = browser.post(page, sent_back(browser.get(page)) | line, follow=True)
    assert "given and taken by somebody else" in answer.content.decode()
    assert adviser.memberships.count() == 1


def test_a_system_administrator_gives_the_first_municipal_administrator(
    administrator: User, unit: Unit, client_of: Callable[[User], Client]
) -> None:
    user = User.objects.create_user(email="ny@example.no", name="Ny")
    browser, page = client_of(administrator), path_of(user)
    line = {
        "memberships-TOTAL_FORMS": "1", "memberships-0-unit": str(unit.pk),
        "memberships-0-role": Role.MUNICIPAL_ADMINISTRATOR,
        "memberships-0-valid_from": "2026-01-01", "memberships-0-user": str(user.pk),
    }  # fmt: skip
    browser.post(page, sent_back(browser.get(page)) | line)
    assert Membership.objects.get(user=user).unit == unit


def test_a10_e5_a_clearance_does_not_move_to_another_unit_in_admin(
    administrator: User, municipal_administrator: User, other_unit: Unit,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    municipal_administrator.memberships.update(cleared_for_protected=True)
    browser, page = client_of(administrator), path_of(municipal_administrator)
    sent = sent_back(browser.get(page))
    moved = {"memberships-0-unit": str(other_unit.pk)}
    answer = browser.post(page, sent | moved, follow=True)
    assert "Only somebody who may see people with a protected" in answer.content.decode()
    del sent["memberships-0-cleared_for_protected"]
    browser.post(page, sent | moved)
    assert municipal_administrator.memberships.get().unit == other_unit


def test_a10_the_last_leader_is_not_stopped_in_admin(
    administrator: User, leader: User, client_of: Callable[[User], Client]
) -> None:
    browser, page = client_of(administrator), path_of(leader)
    sent = sent_back(browser.get(page))
    del sent["is_active"]
    answer = browser.post(page, sent, follow=True)
    assert "without a leader" in answer.content.decode()
    leader.refresh_from_db()
    assert leader.is_active


def test_a10_nobody_becomes_a_leader_by_giving_them_a_password(
    administrator: User, leader: User, client_of: Callable[[User], Client]
) -> None:
    browser, page = client_of(administrator), path_of(leader)
    browser.post(page, sent_back(browser.get(page)) | {"new_password": PASS_PHRASE})
    leader.refresh_from_db()
    assert not leader.has_usable_password()


def test_a7_stopping_a_user_in_admin_ends_their_sessions(
    administrator: User, adviser: User, client_of: Callable[[User], Client]
) -> None:
    theirs = client_of(adviser)
    theirs.get(reverse("desk:today"))
    browser, page = client_of(administrator), path_of(adviser)
    sent = sent_back(browser.get(page))
    del sent["is_active"]
    browser.post(page, sent)
    assert not adviser.sessions.exists()
    assert theirs.get(reverse("desk:today")).status_code == 302
