"""Register somebody the unit knows: what is logged, and who is not given the case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.casework.actions import block_from_case, order_sample
from cases.casework.models import Case
from cases.people.actions import block
from cases.people.models import Person
from cases.units.models import Unit
from tests import factories
from tests.casework.conftest import NOW
from tests.casework.test_samples import also_takes_samples
from tests.casework.typed import address, typed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, adviser: User) -> Client:
    return client_of(adviser)


@pytest.fixture
def known(browser: Client, unit: Unit, colleague: User, client_of: ClientOf) -> Case:
    client_of(colleague).post(address(unit), typed())
    return Case.objects.select_related("person").get()


def again(**changes: Any) -> dict[str, Any]:
    return typed(sender_reference="2026-2", family_name="Annen") | changes


def hide(known: Case, how: str, adviser: User, leader: User) -> None:
    if how == "blocked":
        block(person=known.person, user=adviser, reason="Nabo", by=leader)
    else:
        Person.objects.filter(pk=known.person_id).update(protection="strictly")


@pytest.mark.parametrize("how", ["blocked", "protected"])
@pytest.mark.parametrize("ticked", [{}, {"use_existing": "on"}])
def test_a_number_of_somebody_hidden_is_refused_in_their_log(
    known: Case,
    unit: Unit,
    browser: Client,
    adviser: User,
    leader: User,
    how: str,
    ticked: dict[str, str],
) -> None:
    hide(known, how, adviser, leader)

    page = browser.post(address(unit), again(**ticked))

    assert page.status_code == 422
    shown = page.content.decode()
    assert "You can not register this number. Ask your leader." in shown
    assert "Rogn" not in shown
    assert known.number not in shown
    looked = Event.objects.about_person(known.person_id).filter(action="person.found_by_number")
    assert {(event.actor, event.outcome) for event in looked} == {(adviser.pk, "denied")}
    assert Case.objects.count() == 1


def test_a_look_at_somebody_known_is_logged_though_nothing_is_registered(
    known: Case, unit: Unit, browser: Client, adviser: User
) -> None:
    same = again(sender_reference="2026-1", use_existing="on")
    assert browser.post(address(unit), same).status_code == 422
    looked = Event.objects.get(action="person.found_by_number")
    assert (looked.actor, looked.outcome, looked.persons) == (
        adviser.pk, "done", [str(known.person_id)],
    )  # fmt: skip


def test_a_second_referral_goes_to_no_blocked_colleague(
    known: Case, unit: Unit, browser: Client, leader: User
) -> None:
    kin = factories.make_user("kin", unit, Role.ADVISER)
    block_from_case(case=known, user=kin, reason="Søskenbarn", by=leader)
    page = browser.post(address(unit), again(use_existing="on", assigned_to=str(kin.pk)))
    assert page.status_code == 422
    assert "must not have this case" in str(page.context["form"].errors["assigned_to"])
    assert Case.objects.count() == 1


def test_a9_a_second_referral_goes_to_no_sample_taker_of_the_person(
    known: Case, unit: Unit, browser: Client, adviser: User
) -> None:
    both = also_takes_samples(factories.make_user("both", unit, Role.ADVISER), unit)
    order_sample(case_id=known.pk, taker=both, planned_at=NOW, exception="", by=adviser)
    page = browser.post(address(unit), again(use_existing="on", assigned_to=str(both.pk)))
    assert page.status_code == 422
    assert "takes drug tests" in str(page.context["form"].errors["assigned_to"])
    assert Case.objects.count() == 1
