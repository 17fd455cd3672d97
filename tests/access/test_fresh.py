"""A11: what gives rights, takes out persons or deletes waits for a fresh second factor."""

import json

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import Draft, Membership, User
from tests.access.matrix import World, addresses, path_to

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PATTERNS = dict(addresses())
CONFIRM = reverse("mfa_reauthenticate")
# The address, and who does it.
ASKING = {
    "accounts:add_member": "leader",
    "accounts:end_membership": "leader",
    "accounts:add_stand_in": "leader",
    "accounts:end_stand_in": "leader",
    "accounts:sign_in_of": "municipal",
    "casework:break_glass": "leader",
    "casework:break_glass_on": "leader",
    "privacy:access_file": "leader",
    "privacy:new_export": "leader",
    "privacy:approve_export": "municipal",
    "privacy:download_export": "leader",
    "retention:ask_package": "leader",
    "retention:confirm": "leader",
    "retention:confirm_second": "municipal",
    "retention:download_package": "leader",
    "retention:ask_log": "municipal",
    "retention:drop_log": "municipal",
}


@pytest.fixture
def proving(world: World) -> World:
    """The leader and the municipal administrator have an authenticator app."""
    for name in ("leader", "municipal"):
        TOTP.activate(world.people[name], SECRET)
    return world


def prove(browser: Client, user: User, minutes_ago: int) -> None:
    session = browser.session
    session[RECORDS] = [{"method": "mfa", "at": timezone.now().timestamp() - minutes_ago * 60}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def test_a11_what_gives_rights_takes_out_persons_or_deletes_asks(proving: World) -> None:
    """Asked anew after ten minutes, by a look as by a form; and whoever comes back finds a page."""
    wrong = []
    for name, person in ASKING.items():
        browser, user = proving.client(person), proving.people[person]
        address = path_to(name, PATTERNS[name], proving.ids)
        prove(browser, user, minutes_ago=11)
        for answer in (browser.post(address, {"reason": "typed"}), browser.get(address)):
            if not answer.get("Location", "").startswith(CONFIRM):
                wrong.append(f"{name} does not ask: {answer.status_code}")
        prove(browser, user, minutes_ago=9)
        back = browser.get(address)
        if back.status_code not in (200, 302) or back.get("Location", "").startswith(CONFIRM):
            wrong.append(f"{name} does not let come back: {back.status_code}")
    assert wrong == []


def test_a11_what_was_typed_about_a_new_member_waits(proving: World) -> None:
    browser, leader = proving.client("leader"), proving.people["leader"]
    address = reverse("accounts:add_member", args=[proving.unit.pk])
    typed = {
        "email": "ny@example.no", "name": "Ny Testperson", "role": "adviser",
        "valid_from": f"{timezone.localdate():%d.%m.%Y}",
    }  # fmt: skip
    prove(browser, leader, minutes_ago=11)
    asked = browser.post(address, typed)
    kept = Draft.objects.get(owner=leader, form="unsent")
    assert str(kept.about) in asked["Location"]
    sent = {key: values[0] for key, values in json.loads(kept.content)["fields"].items()}
    assert sent == typed
    prove(browser, leader, minutes_ago=0)
    assert browser.post(address, sent | {"_unsent": str(kept.about)}).status_code == 302
    assert Membership.objects.filter(user__email="ny@example.no").exists()
    assert not Draft.objects.filter(pk=kept.pk).exists()
