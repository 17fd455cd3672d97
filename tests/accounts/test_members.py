"""The people of a unit: who gives which role, stand-ins, lost ways in; and what nobody may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.actions import members
from cases.accounts.entry import entry_path
from cases.accounts.forms_members import MemberForm
from cases.accounts.guessing import locked_among
from cases.accounts.models import Membership, StandIn, User, UserSession
from cases.accounts.rights import (
    ClearanceOfOthers,
    LastLeader,
    OwnRights,
    RightsRefused,
    RoleOfOthers,
    SameHands,
    check_apart,
    is_led,
    roles_given_by,
)
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASS_PHRASE = "four words, only practice"
TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)


def give(
    unit: Unit, role: Role, by: User, email: str = "new@example.no", **more: Any
) -> Membership:
    wanted = {"name": "New", "valid_from": TODAY, "valid_to": None} | more
    return members.add_member(unit=unit, email=email, role=role, by=by, **wanted)


def end(user: User, by: User, last_day: Any = YESTERDAY) -> None:
    membership = user.memberships.get()
    members.end_membership(membership=membership, last_day=last_day, by=by)


def actions_of(user: User) -> list[str]:
    return list(Event.objects.filter(actor=user.pk).values_list("action", flat=True))


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("leader", {Role.ADVISER, Role.COORDINATOR, Role.SAMPLE_TAKER}),
        ("adviser", set()),
        ("coordinator", set()),
        ("auditor", set()),
        ("outsider", set()),
        ("administrator", {Role.MUNICIPAL_ADMINISTRATOR}),
        (
            "municipal_administrator",
            {
                Role.ADVISER, Role.COORDINATOR, Role.LEADER, Role.MUNICIPAL_ADMINISTRATOR,
                Role.SAMPLE_TAKER, Role.AUDITOR,
            },
        ),
    ],
)  # fmt: skip
def test_a10_each_gives_the_roles_below_them(
    request: pytest.FixtureRequest, unit: Unit, who: str, roles: set[Role]
) -> None:
    assert roles_given_by(request.getfixturevalue(who), unit.pk) == roles


def test_only_the_system_administrator_gives_roles_outside_units(
    administrator: User, municipal_administrator: User
) -> None:
    given = roles_given_by(administrator, None)
    assert given == {Role.FIGURES_READER, Role.ADMINISTRATOR, Role.POLICE_CLIENT}
    assert roles_given_by(municipal_administrator, None) == set()


def test_a_new_member_gets_a_user_without_a_password(unit: Unit, leader: User) -> None:
    membership = give(unit, Role.ADVISER, by=leader)
    assert membership.user.email == "new@example.no"
    assert not membership.user.has_usable_password()
    assert actions_of(leader) == ["user.added", "membership.added"]


def test_whoever_has_a_user_keeps_it(unit: Unit, leader: User, outsider: User) -> None:
    membership = give(unit, Role.ADVISER, by=leader, email=outsider.email.upper(), name="Else")
    assert membership.user == outsider
    outsider.refresh_from_db()
    assert outsider.name == "Outsider"


def test_a_role_is_given_once_for_the_same_days(unit: Unit, leader: User, adviser: User) -> None:
    with pytest.raises(ValidationError):
        give(unit, Role.ADVISER, by=leader, email=adviser.email)


@pytest.mark.parametrize("role", [Role.LEADER, Role.MUNICIPAL_ADMINISTRATOR, Role.AUDITOR])
def test_a10_a_leader_gives_no_role_above_their_own(unit: Unit, leader: User, role: Role) -> None:
    with pytest.raises(RoleOfOthers):
        give(unit, role, by=leader)
    assert not User.objects.filter(email="new@example.no").exists()


def test_a10_nobody_gives_themselves_anything(
    unit: Unit, leader: User, municipal_administrator: User
) -> None:
    for oneself in (leader, municipal_administrator):
        with pytest.raises(OwnRights):
            give(unit, Role.ADVISER, by=oneself, email=oneself.email, cleared_for_protected=True)
        with pytest.raises(OwnRights):
            end(oneself, by=oneself)


def test_a10_nobody_reaches_into_another_unit(other_unit: Unit, leader: User) -> None:
    with pytest.raises(RoleOfOthers):
        give(other_unit, Role.ADVISER, by=leader)


def test_a_role_ends_on_the_next_request(
    leader: User, adviser: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(adviser)
    assert browser.get(reverse("desk:cases")).status_code == 200
    end(adviser, by=leader)
    assert browser.get(reverse("desk:cases")).status_code == 403


def test_a10_the_last_leader_stays(leader: User, municipal_administrator: User) -> None:
    for last_day in (YESTERDAY, TODAY, TODAY + timedelta(days=400)):
        with pytest.raises(LastLeader):
            end(leader, by=municipal_administrator, last_day=last_day)
    leader.refresh_from_db()
    assert leader.memberships.get().valid_to is None


def test_a_leader_goes_when_another_takes_over_without_a_gap(
    unit: Unit, leader: User, municipal_administrator: User
) -> None:
    start = TODAY + timedelta(days=10)
    give(unit, Role.LEADER, by=municipal_administrator, valid_from=start)
    with pytest.raises(LastLeader):
        end(leader, by=municipal_administrator, last_day=start - timedelta(days=2))
    end(leader, by=municipal_administrator, last_day=start - timedelta(days=1))
    assert is_led(unit.pk, TODAY)


def test_a_leader_who_may_not_sign_in_is_none(unit: Unit, leader: User) -> None:
    leader.is_active = False
    leader.save()
    assert not is_led(unit.pk, TODAY)


def test_a_stand_in_and_its_end(unit: Unit, leader: User, adviser: User, colleague: User) -> None:
    stand_in = members.add_stand_in(
        unit=unit, absent=adviser, substitute=colleague, valid_from=TODAY,
        valid_to=TODAY + timedelta(days=7), by=leader,
    )  # fmt: skip
    assert StandIn.objects.of(colleague, TODAY).exists()
    members.end_stand_in(stand_in=stand_in, by=leader)
    assert not StandIn.objects.of(colleague, TODAY).exists()
    assert actions_of(leader) == ["stand_in.added", "stand_in.ended"]


def test_a10_nobody_makes_themselves_a_stand_in(unit: Unit, leader: User, adviser: User) -> None:
    with pytest.raises(OwnRights):
        members.add_stand_in(
            unit=unit, absent=adviser, substitute=leader, valid_from=TODAY, valid_to=TODAY,
            by=leader,
        )  # fmt: skip


def test_a_lost_second_factor_is_taken_away(
    unit: Unit, leader: User, adviser: User, client_of: Callable[[User], Client], settings: Any
) -> None:
    TOTP.activate(adviser, SECRET)
    browser = client_of(adviser)
    browser.get(reverse("desk:today"))
    members.reset_second_factor(user=adviser, unit=unit, by=leader)
    assert not UserSession.objects.filter(user=adviser).exists()
    settings.REQUIRE_SECOND_FACTOR = True
    again = client_of(adviser)
    assert again.get(reverse("desk:today"))["Location"] == reverse("mfa_index")
    assert actions_of(leader) == ["user.second_factor_reset"]


def test_a10_nobody_renews_the_way_in_of_somebody_above_them(
    unit: Unit, leader: User, adviser: User, municipal_administrator: User
) -> None:
    """Whoever could would be able to become them; also when they are above in another unit."""
    with pytest.raises(OwnRights):
        members.reset_second_factor(user=leader, unit=unit, by=leader)
    with pytest.raises(RoleOfOthers):
        members.reset_second_factor(user=municipal_administrator, unit=unit, by=leader)
    other = factories.make_unit("Bjørk")
    Membership.objects.create(
        user=adviser, unit=other, role=Role.LEADER, valid_from=factories.LONG_AGO
    )
    for act in (members.reset_second_factor, members.give_entry_link):
        with pytest.raises(RightsRefused):
            act(user=User.objects.get(pk=adviser.pk), unit=unit, by=leader)


@pytest.mark.parametrize("what", ["let-in", "reset-second-factor", "entry-link"])
def test_a10_e5_an_uncleared_leader_becomes_no_cleared_adviser(
    unit: Unit, leader: User, cleared: User, municipal_administrator: User,
    client_of: Callable[[User], Client], what: str,
) -> None:  # fmt: skip
    """A way in that somebody renews is a way to protected people for whoever renewed it."""
    address = reverse("accounts:sign_in_of", args=[unit.pk, cleared.pk, what])
    answer = client_of(leader).post(address, follow=True)
    assert "Only somebody who may see people with a protected" in answer.content.decode()
    assert not [action for action in actions_of(leader) if action.startswith("user.")]
    assert client_of(municipal_administrator).post(address).status_code in (200, 302)
    leader.memberships.update(cleared_for_protected=True)
    client_of(leader).post(address)
    for done_by in (municipal_administrator, leader):
        assert [action for action in actions_of(done_by) if action.startswith("user.")]


@pytest.mark.parametrize("what", ["let-in", "reset-second-factor", "entry-link"])
@pytest.mark.parametrize("first_day", [factories.LONG_AGO, TODAY + timedelta(days=3)])
def test_a10_b1_rights_elsewhere_and_to_come_protect_a_user(
    unit: Unit, leader: User, adviser: User, client_of: Callable[[User], Client], what: str,
    first_day: Any,
) -> None:  # fmt: skip
    """Asked by a request: PostgreSQL hides the other unit's membership from the leader."""
    other = factories.make_unit("Bjørk")
    Membership.objects.create(user=adviser, unit=other, role=Role.LEADER, valid_from=first_day)
    address = reverse("accounts:sign_in_of", args=[unit.pk, adviser.pk, what])
    answer = client_of(leader).post(address, follow=True)
    assert "This role is given and taken by somebody else." in answer.content.decode()
    assert [action for action in actions_of(leader) if action.startswith("user.")] == []


def test_a10_only_the_cleared_and_the_municipal_administrator_clear(
    unit: Unit, leader: User, municipal_administrator: User
) -> None:
    with pytest.raises(ClearanceOfOthers):
        give(unit, Role.ADVISER, by=leader, cleared_for_protected=True)
    assert "cleared_for_protected" not in MemberForm(by=leader, unit=unit.pk).fields
    assert give(unit, Role.ADVISER, by=leader).cleared_for_protected is False
    cleared = give(
        unit, Role.ADVISER, by=municipal_administrator, email="cleared@example.no",
        cleared_for_protected=True,
    )  # fmt: skip
    assert cleared.cleared_for_protected
    told = Event.objects.get(action="membership.added", target=cleared.pk)
    assert told.fields == ["adviser", "cleared_for_protected"]


def test_a_role_that_was_in_force_leaves_its_row(unit: Unit, leader: User) -> None:
    """The log's pages know people of the unit by their roles: nobody is made to vanish from them."""
    given = give(unit, Role.ADVISER, by=leader)
    for last_day in (YESTERDAY, factories.LONG_AGO):
        members.end_membership(membership=given, last_day=last_day, by=leader)
        given.refresh_from_db()
        assert (given.valid_from, given.valid_to) == (YESTERDAY, YESTERDAY)
    again = give(unit, Role.ADVISER, by=leader)
    members.end_membership(membership=again, last_day=YESTERDAY, by=leader)
    assert list(Membership.objects.filter(user=given.user)) == [given]
    long = give(
        unit, Role.ADVISER, by=leader, email="long@example.no", valid_from=factories.LONG_AGO
    )
    before = factories.LONG_AGO - timedelta(days=1)
    members.end_membership(membership=long, last_day=before, by=leader)
    assert (long.valid_from, long.valid_to) == (factories.LONG_AGO, factories.LONG_AGO)
    to_come = give(unit, Role.COORDINATOR, by=leader, valid_from=TODAY + timedelta(days=1))
    members.end_membership(membership=to_come, last_day=YESTERDAY, by=leader)
    assert list(Membership.objects.filter(user=given.user)) == [given]


def test_a_role_that_has_ended_is_not_revived_by_ending_it(unit: Unit, leader: User) -> None:
    given = give(unit, Role.ADVISER, by=leader, valid_to=TODAY + timedelta(days=3))
    with pytest.raises(ValidationError):
        members.end_membership(membership=given, last_day=TODAY + timedelta(days=4), by=leader)
    given.refresh_from_db()
    assert given.valid_to == TODAY + timedelta(days=3)


@pytest.mark.parametrize("what", ["added", "reset", "link"])
def test_a10_whoever_gave_the_other_their_way_in_is_no_second_person(
    unit: Unit, leader: User, municipal_administrator: User, what: str
) -> None:
    by = municipal_administrator
    check_apart(leader.pk, by.pk)
    other = leader
    if what == "added":
        other = give(unit, Role.LEADER, by=by).user
    elif what == "reset":
        members.reset_second_factor(user=leader, unit=unit, by=by)
    else:
        members.give_entry_link(user=leader, unit=unit, by=by)
    for pair in ((other.pk, by.pk), (by.pk, other.pk)):
        with pytest.raises(SameHands):
            check_apart(*pair)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        check_apart(other.pk, by.pk)


def test_a12_a_locked_user_is_let_in_by_the_leader(unit: Unit, leader: User, adviser: User) -> None:
    cache.clear()
    adviser.set_password(PASS_PHRASE)
    adviser.save()
    browser, sign_in = Client(), reverse("account_login")
    for _guess in range(10):
        browser.post(sign_in, {"login": adviser.email, "password": "wrong"})
    right = {"login": adviser.email, "password": PASS_PHRASE}
    assert browser.post(sign_in, right).status_code == 200
    assert locked_among([adviser]) == {adviser.pk}
    members.let_in(user=adviser, unit=unit, by=leader)
    assert locked_among([adviser]) == set()
    assert browser.post(sign_in, right).status_code == 302
    assert "user.let_in" in actions_of(leader)


@pytest.mark.parametrize("what", ["add", "end", "stand_in", "reset", "let_in", "sessions", "link"])
def test_nothing_is_kept_when_the_log_does_not_take_it(
    unit: Unit, leader: User, adviser: User, colleague: User,
    client_of: Callable[[User], Client], request: pytest.FixtureRequest, what: str,
) -> None:  # fmt: skip
    TOTP.activate(adviser, SECRET)
    client_of(adviser)
    broken_audit = request.getfixturevalue("broken_audit")
    before = _kept()
    acts: dict[str, Callable[[], object]] = {
        "add": lambda: give(unit, Role.ADVISER, by=leader),
        "end": lambda: end(adviser, by=leader),
        "stand_in": lambda: members.add_stand_in(
            unit=unit, absent=adviser, substitute=colleague, valid_from=TODAY, valid_to=TODAY,
            by=leader,
        ),
        "reset": lambda: members.reset_second_factor(user=adviser, unit=unit, by=leader),
        "let_in": lambda: members.let_in(user=adviser, unit=unit, by=leader),
        "sessions": lambda: members.end_sessions_of(user=adviser, unit=unit, by=leader),
        "link": lambda: members.give_entry_link(user=adviser, unit=unit, by=leader),
    }  # fmt: skip
    with pytest.raises(broken_audit):
        acts[what]()
    assert _kept() == before


def _kept() -> list[Any]:
    rows: list[Any] = list(Membership.objects.order_by("pk").values_list("pk", "valid_to"))
    rows += [StandIn.objects.count(), User.objects.count(), UserSession.objects.count()]
    return [
        *rows,
        TOTP.__name__,
        sum(user.authenticator_set.count() for user in User.objects.all()),
    ]


def test_a_link_lets_a_user_choose_a_password_once(adviser: User) -> None:
    path, browser = entry_path(adviser), Client()
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"password": "short"}).status_code == 422
    answer = browser.post(path, {"password": PASS_PHRASE})
    assert answer["Location"] == reverse("account_login")
    assert browser.get(path).status_code == 404
    signed_in = browser.post(
        reverse("account_login"), {"login": adviser.email, "password": PASS_PHRASE}
    )
    assert signed_in.status_code == 302


def test_a_link_of_somebody_stopped_or_unknown_opens_nothing(adviser: User) -> None:
    path = entry_path(adviser)
    User.objects.filter(pk=adviser.pk).update(is_active=False)
    assert Client().get(path).status_code == 404
