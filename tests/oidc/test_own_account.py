"""Connecting the own user, a fresh proof through the provider, and leaving both houses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from cases.accounts.access import has_fresh_second_factor, requires_fresh_second_factor
from cases.accounts.models import User
from cases.audit.models import Event
from cases.oidc.actions import connect, disconnect
from cases.oidc.models import Identity
from tests.oidc.provider import Provider, visit, way_on

pytestmark = pytest.mark.django_db
ComeIn = Callable[..., Any]
PASS_PHRASE = "four words, only practice"


@pytest.fixture
def at_the_page(browser: Client, ida: User, provider: Provider) -> Client:
    """Ida has signed in with her password and confirmed it: her account page is open."""
    ida.set_password(PASS_PHRASE)
    ida.save()
    browser.post(reverse("account_login"), {"login": ida.email, "password": PASS_PHRASE})
    asked = browser.get(reverse("oidc:account"))["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    browser.post(asked, {"password": PASS_PHRASE})
    return browser


def test_connecting_needs_a_form_and_a_fresh_proof_on_both_sides(
    at_the_page: Client, provider: Provider, ida: User
) -> None:
    assert "is not connected" in at_the_page.get(reverse("oidc:account")).content.decode()
    address = way_on(at_the_page.post(reverse("oidc:account")))
    asked = parse_qs(urlsplit(address).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    back = at_the_page.get(visit(address))
    assert back["Location"] == reverse("oidc:account")
    assert Identity.objects.get().user == ida
    assert Event.objects.filter(action="identity.connected", actor=ida.pk).exists()
    assert "is connected with" in at_the_page.get(reverse("oidc:account")).content.decode()


def test_a_session_at_the_provider_connects_nothing(
    at_the_page: Client, provider: Provider
) -> None:
    """On a shared machine it may be a colleague's."""
    provider.change_claims = lambda c: c | {"auth_time": c["iat"] - 3600}
    address = way_on(at_the_page.post(reverse("oidc:account")))
    assert at_the_page.get(visit(address)).status_code == 403
    assert not Identity.objects.exists()


def test_an_account_that_is_a_colleagues_is_refused(
    at_the_page: Client, provider: Provider, colleague: User, come_in: ComeIn
) -> None:
    provider.account["email"] = colleague.email
    come_in(at=Client())
    address = way_on(at_the_page.post(reverse("oidc:account")))
    assert at_the_page.get(visit(address)).status_code == 403
    assert [one.user for one in Identity.objects.all()] == [colleague]


def test_whoever_signs_out_under_way_connects_nothing(
    at_the_page: Client, provider: Provider, colleague: User
) -> None:
    back = visit(way_on(at_the_page.post(reverse("oidc:account"))))
    session = at_the_page.session
    kept = session["oidc_attempts"]
    at_the_page.force_login(colleague)
    session = at_the_page.session
    session["oidc_attempts"] = kept
    session.save()
    assert at_the_page.get(back).status_code == 400
    assert not Identity.objects.exists()


def test_a_link_from_elsewhere_connects_nothing(at_the_page: Client, ida: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = at_the_page.cookies
    assert strict.post(reverse("oidc:account")).status_code == 403


def test_taking_the_connection_away(
    at_the_page: Client, provider: Provider, ida: User, come_in: ComeIn
) -> None:
    connect(user=ida, issuer=provider.issuer, subject="x" * 64, by=ida)
    at_the_page.post(reverse("oidc:account"))
    assert not Identity.objects.exists()
    assert Event.objects.filter(action="identity.disconnected", actor=ida.pk).exists()


@pytest.mark.parametrize("act", [connect, disconnect])
def test_no_audit_no_change(
    provider: Provider, ida: User, broken_audit: type[Exception], act: Any, request: Any
) -> None:
    if act is disconnect:
        Identity.objects.create(
            user=ida, issuer=provider.issuer, subject="x", subject_hash="h",
            connected_at="2026-11-25T12:00Z",
        )  # fmt: skip
    before = Identity.objects.count()
    more = {"subject": "x" * 64} if act is connect else {}
    with pytest.raises(broken_audit):
        act(user=ida, issuer=provider.issuer, by=ida, **more)
    assert Identity.objects.count() == before


# --- A fresh proof ----------------------------------------------------------------------------


def is_fresh(browser: Client, user: User) -> bool:
    request = RequestFactory().get("/somewhere/")
    request.user, request.session = user, browser.session  # type: ignore[assignment]
    return has_fresh_second_factor(request)


def test_a11_a_session_at_the_provider_opens_the_house_but_confirms_nothing(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    come_in()
    assert browser.get(reverse("desk:today")).status_code == 200
    assert not is_fresh(browser, ida)
    begun = browser.get(reverse("oidc:confirm"), {"next": "/admin/"})["Location"]
    assert parse_qs(urlsplit(begun).query)["prompt"] == ["login"]
    assert browser.get(visit(begun))["Location"] == "/admin/"
    assert is_fresh(browser, ida)


def test_the_guard_leads_to_the_provider_that_the_user_came_through(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    come_in()
    request = RequestFactory().get("/somewhere/")
    request.user, request.session = ida, browser.session  # type: ignore[assignment]
    answer = requires_fresh_second_factor(lambda request: None)(request)
    assert answer["Location"] == f"{reverse('oidc:confirm')}?next=%2Fsomewhere%2F"


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c | {"auth_time": c["iat"] - 3600},
        lambda c: {k: v for k, v in c.items() if k != "auth_time"},
        lambda c: c | {"auth_time": "now"},
        lambda c: c | {"auth_time": c["iat"] + 600},
        lambda c: c | {"oid": "somebody else"},
    ],
    ids=["an old proof", "no time", "a word", "the future", "another account"],
)
def test_a11_what_is_no_fresh_proof(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, settings: Any, change: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    come_in()
    provider.change_claims = change
    begun = browser.get(reverse("oidc:confirm"))["Location"]
    assert browser.get(visit(begun)).status_code == 403
    assert not is_fresh(browser, ida)


CHANGES = [
    "account_set_password", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn",
    "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "oidc:account",
]  # fmt: skip


@pytest.mark.parametrize("page", CHANGES)
def test_a11_whoever_has_the_provider_alone_confirms_there_before_a_way_in_changes(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, page: str
) -> None:
    """Without a password and a factor allauth asks for nothing: a browser left open would do."""
    come_in()
    for asked in (browser.get(reverse(page)), browser.post(reverse(page), {"code": "123456"})):
        confirm = reverse("oidc:confirm", query={"next": reverse(page)})
        assert (asked.status_code, asked["Location"]) == (302, confirm)
    begun = browser.get(confirm)["Location"]
    assert parse_qs(urlsplit(begun).query)["prompt"] == ["login"]
    assert browser.get(visit(begun))["Location"] == reverse(page)
    assert browser.get(reverse(page)).get("Location", "") != confirm
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert browser.get(reverse(page))["Location"] == confirm


def test_a11_a_factor_is_added_only_after_the_provider_has_confirmed(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    come_in()
    setup = reverse("mfa_activate_totp")
    browser.post(setup, {"code": "123456"})
    assert not is_fresh(browser, ida)
    begun = browser.get(browser.get(setup)["Location"])["Location"]
    browser.get(visit(begun))
    secret = browser.get(setup).context["form"].secret
    code = format_hotp_value(hotp_value(secret, max(yield_hotp_counters_from_time())))
    assert browser.post(setup, {"code": code}).status_code == 302
    assert is_mfa_enabled(ida)


def test_whoever_has_a_password_confirms_with_it(
    at_the_page: Client, ida: User, provider: Provider
) -> None:
    assert at_the_page.get(reverse("mfa_activate_totp")).status_code == 200


# --- Leaving ----------------------------------------------------------------------------------


def test_signing_out_here_offers_to_sign_out_there(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client
) -> None:
    come_in()
    answer = browser.post(reverse("account_logout"))
    assert answer["Location"] == reverse("oidc:signed_out")
    assert browser.get(reverse("desk:today")).status_code == 302
    assert "Sign out of Kontoen" in browser.get(reverse("oidc:signed_out")).content.decode()
    address = urlsplit(browser.get(reverse("oidc:end_session"))["Location"])
    assert address.path == "/end"
    # Which program asks, never who: no ID token in an address.
    assert set(parse_qs(address.query)) == {"client_id", "post_logout_redirect_uri"}


def test_whoever_came_with_a_password_is_not_sent_there(
    at_the_page: Client, provider: Provider
) -> None:
    answer = at_the_page.post(reverse("account_logout"))
    assert answer["Location"] == reverse("account_login")


def test_signed_in_people_sign_out_here_first(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client
) -> None:
    come_in()
    assert browser.get(reverse("oidc:end_session"))["Location"] == reverse("account_logout")
    browser.logout()
    provider.change_discovery = lambda d: {
        k: v for k, v in d.items() if k != "end_session_endpoint"
    }
    assert browser.get(reverse("oidc:end_session")).status_code == 302


def test_the_settings_lead_to_the_account(at_the_page: Client) -> None:
    page = at_the_page.get(reverse("accounts:settings")).content.decode()
    assert reverse("oidc:account") in page
