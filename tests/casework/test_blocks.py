"""Kin and neighbours: a block beats role, leader, assignment, declaration and glass."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.actions import (
    MustNotSee,
    NoSuchCase,
    assign,
    block_from_case,
    break_glass_on_case,
)
from cases.casework.models import Case
from cases.people.actions import NotYoursToLift, lift_block
from cases.people.models import Block, BreakGlass
from tests import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def block(case: Case, user: User, by: User) -> Block:
    return block_from_case(case=case, user=user, reason="Søskenbarn", by=by)


@pytest.mark.parametrize("who", ["adviser", "cleared", "coordinator", "leader"])
def test_for_the_blocked_the_case_is_not_there(
    case: Case, who: str, colleague: User, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    user = request.getfixturevalue(who)
    factories.declare(user, case)
    block(case, user, by=colleague)
    browser = client_of(user)
    assert browser.get(case.get_absolute_url()).status_code == 404
    assert browser.get(f"/cases/{case.pk}/why/").status_code == 404
    for page in ("/", "/cases/?scope=unit", "/cases/?scope=unassigned", "/cases/?scope=closed"):
        shown = browser.get(page).content.decode()
        assert case.number not in shown
        assert "Testperson" not in shown
    for words in (case.number, "Testperson", "Furu"):
        shown = browser.post("/search/", {"words": words}).content.decode()
        assert f"/cases/{case.pk}/" not in shown


def test_glass_does_not_open_what_is_blocked(case: Case, leader: User, colleague: User) -> None:
    case.person.protection = "strictly"
    case.person.save()
    block(case, leader, by=colleague)
    with pytest.raises(NoSuchCase):
        break_glass_on_case(number=case.number, reason="Det haster veldig", by=leader)


def test_an_open_glass_ends_with_the_block(
    make_case: Callable[..., Case], leader: User, colleague: User, client_of: ClientOf
) -> None:
    case = make_case(protection="strictly", assigned_to=None)
    browser = client_of(leader)
    leader.refresh_from_db()
    break_glass_on_case(number=case.number, reason="Det haster veldig", by=leader)
    assert browser.get(case.get_absolute_url()).status_code == 200
    block(case, leader, by=colleague)
    assert browser.get(case.get_absolute_url()).status_code == 404
    assert BreakGlass.objects.get().ended_at is not None


def test_who_has_the_case_hands_it_back(case: Case, adviser: User, client_of: ClientOf) -> None:
    answer = client_of(adviser).post(f"/cases/{case.pk}/i-know/", {"reason": "Nabo"}, follow=True)
    assert "waits for a colleague" in answer.content.decode()
    case.refresh_from_db()
    assert case.assigned_to is None
    assert client_of(adviser).get(case.get_absolute_url()).status_code == 404


def test_the_blocked_is_not_given_the_case(case: Case, colleague: User, leader: User) -> None:
    block(case, colleague, by=leader)
    with pytest.raises(MustNotSee):
        assign(case_id=case.pk, adviser=colleague, by=leader)


def test_a_coordinator_keeps_the_blocks_of_a_case(
    case: Case, coordinator: User, colleague: User, client_of: ClientOf
) -> None:
    factories.declare(coordinator, case)
    browser = client_of(coordinator)
    page = f"/cases/{case.pk}/blocks/"
    answer = browser.post(page, {"user": str(colleague.pk), "reason": "Tante"}, follow=True)
    assert "Tante" in answer.content.decode()
    twice = browser.post(page, {"user": str(colleague.pk), "reason": "Tante"})
    assert twice.status_code == 422
    found = Block.objects.get()
    browser.post(f"{page}{found.pk}/lift/")
    assert not Block.objects.in_force().exists()
    assert (
        client_of(factories.declare(colleague, case)).get(case.get_absolute_url()).status_code
        == 200
    )


def test_an_adviser_keeps_no_blocks_of_others(
    case: Case, adviser: User, client_of: ClientOf
) -> None:
    assert client_of(adviser).get(f"/cases/{case.pk}/blocks/").status_code == 403


def test_a10_nobody_lifts_their_own_block(case: Case, leader: User, colleague: User) -> None:
    made = block(case, leader, by=colleague)
    with pytest.raises(NotYoursToLift):
        lift_block(block=made, by=leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.filter(pk=made.pk).update(lifted_at=timezone.now(), lifted_by=leader)


def test_a4_a_person_of_another_unit_is_no_choice(
    case: Case, leader: User, outsider: User, client_of: ClientOf
) -> None:
    factories.declare(leader, case)
    typed = {"user": str(outsider.pk), "reason": "Tante"}
    assert client_of(leader).post(f"/cases/{case.pk}/blocks/", typed).status_code == 422
    assert not Block.objects.exists()


def test_a_failing_audit_write_keeps_no_block(
    case: Case, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        block(case, adviser, by=adviser)
    assert not Block.objects.exists()
    case.refresh_from_db()
    assert case.assigned_to == adviser


@pytest.mark.parametrize(
    "who", ["colleague", "coordinator", "sample_taker", "auditor", "municipal_administrator"]
)
def test_everybody_of_the_unit_can_be_kin(
    case: Case, who: str, request: pytest.FixtureRequest, leader: User, client_of: ClientOf
) -> None:
    """Also those who open no case: they read the log, broken glasses and numbers."""
    user = request.getfixturevalue(who)
    address = f"/cases/{case.pk}/blocks/"
    factories.declare(leader, case)
    browser = client_of(leader)
    assert browser.post(address, {"user": user.pk, "reason": "Nabo"}).status_code == 302
    assert Block.objects.in_force().get(user=user).person_id == case.person_id


def test_who_is_of_no_or_another_unit_is_no_choice(
    case: Case, leader: User, outsider: User, administrator: User, client_of: ClientOf
) -> None:
    factories.declare(leader, case)
    for user in (outsider, administrator):
        typed = {"user": user.pk, "reason": "Nabo"}
        assert client_of(leader).post(f"/cases/{case.pk}/blocks/", typed).status_code == 422
    assert not Block.objects.exists()
