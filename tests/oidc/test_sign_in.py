"""Through the door of the three providers, and what is kept of it."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User, UserSession
from cases.accounts.roles import Role
from cases.accounts.sessions import SessionStore
from cases.audit import record as audit
from cases.audit.models import Event
from cases.oidc import actions, fetching
from cases.oidc.models import Identity
from tests.oidc.provider import CLIENT_SECRET, Provider, jwk, visit, way_on

pytestmark = pytest.mark.django_db
ComeIn = Callable[..., Any]


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("desk:today")).status_code == 200


def connect(user: User, provider: Provider, subject: str) -> Identity:
    return actions.connect(user=user, issuer=provider.issuer, subject=subject, by=user)


def subject_of(provider: Provider, *names: str) -> str:
    """The digest that the program makes of these claims."""
    values = [provider.account[name] for name in names]
    return hashlib.sha256("\x1f".join([provider.issuer, *names, *values]).encode()).hexdigest()


# --- The button ------------------------------------------------------------------------------


def test_without_a_provider_there_is_no_button_and_no_page(browser: Client, ida: User) -> None:
    assert "oidc" not in browser.get(reverse("account_login")).content.decode()
    for page in ("start", "callback", "signed_out", "end_session"):
        assert browser.get(reverse(f"oidc:{page}")).status_code == 404
    browser.force_login(ida)
    for page in ("account", "confirm"):
        assert browser.get(reverse(f"oidc:{page}")).status_code == 404


def test_the_button_carries_the_page_that_was_asked_for(
    browser: Client, provider: Provider
) -> None:
    page = browser.get(reverse("account_login"), {"next": "/cases/?page=2&x=y"}).content.decode()
    assert "Sign in with Kontoen" in page
    button = page.split(f'action="{reverse("oidc:start")}"')[1].split("</form>")[0]
    assert '<input type="hidden" name="next" value="/cases/?page=2&amp;x=y">' in button


def test_a_link_begins_no_sign_in(browser: Client, provider: Provider, ida: User) -> None:
    """Another site's link would make a session of whoever is signed in at the provider."""
    answer = browser.get(reverse("oidc:start"), {"next": "/cases/"})
    assert answer["Location"] == reverse("account_login", query={"next": "/cases/"})
    elsewhere = browser.get(reverse("oidc:start"), {"next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == reverse("account_login")
    assert "oidc_attempts" not in browser.session
    assert provider.paths() == []
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("oidc:start")).status_code == 403


# --- Three providers -------------------------------------------------------------------------


def test_a_municipality_with_entra_id(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn
) -> None:
    """The first time connects by the e-mail that is vouched for; the second by the account."""
    answer = come_in(next="/account/settings/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/settings/")
    assert is_signed_in(browser)
    assert Event.objects.filter(action="identity.connected", actor=ida.pk).count() == 1
    provider.account["email"] = "another@example.no"
    again = Client()
    come_in(at=again)
    assert is_signed_in(again)
    assert Identity.objects.get().user == ida


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
def test_a_secret_goes_where_the_provider_wants_it(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, way: str
) -> None:
    provider.authentication = way
    come_in()
    assert is_signed_in(browser)


def test_a_municipality_with_ansattporten(
    browser: Client, ansattporten: Provider, ida: User, come_in: ComeIn
) -> None:
    connect(ida, ansattporten, subject_of(ansattporten, "pid"))
    begun = browser.post(reverse("oidc:start"))
    carried = parse_qs(urlsplit(way_on(begun)).query)
    assert set(carried) == {"client_id", "request_uri"}
    browser.get(visit(way_on(begun)))
    assert is_signed_in(browser)
    pushed = next(form for path, form in ansattporten.seen if path == "/par")
    assert pushed["acr_values"] == "idporten-loa-substantial"
    assert "ansattporten:altinn:service" in pushed["authorization_details"]
    assert pushed["code_challenge_method"] == "S256"


def test_a_hospital_with_helseid(
    browser: Client, helseid: Provider, ida: User, come_in: ComeIn
) -> None:
    connect(ida, helseid, subject_of(helseid, "sub"))
    come_in()
    come_in(at=Client())
    assert is_signed_in(browser)
    assert len(helseid.assertions) == 4
    assert len({one["jti"] for one in helseid.assertions}) == 4
    assert all(0 < one["exp"] - one["iat"] <= 60 for one in helseid.assertions)
    assert {one["aud"] for one in helseid.assertions} == {helseid.issuer}


def test_a_provider_that_demands_pushed_requests_gets_them_unasked(
    ansattporten: Provider, browser: Client, settings: Any
) -> None:
    settings.OIDC_PAR = False
    assert "request_uri" in way_on(browser.post(reverse("oidc:start")))


@pytest.mark.parametrize("known_there", [True, False])
def test_a_machine_does_not_come_in_through_the_provider(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, known_there: bool
) -> None:
    if known_there:
        come_in(at=Client())
    ida.memberships.update(unit=None, role=Role.POLICE_CLIENT)
    assert come_in().status_code == 403
    assert browser.get(reverse("accounts:settings")).status_code == 302
    assert Identity.objects.exists() is known_there


# --- The second factor ------------------------------------------------------------------------


def test_m_a_second_factor_proved_there_is_not_asked_for_here(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    TOTP.activate(ida, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    come_in()
    assert is_signed_in(browser)


@pytest.mark.parametrize("amr", [None, [], ["pwd"], "mfa", ["MFA"], [["mfa"]], {"mfa": True}])
def test_m_what_does_not_prove_a_second_factor_leads_to_ours(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn, settings: Any, amr: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    provider.account["amr"] = amr
    come_in()
    assert browser.get(reverse("desk:today"))["Location"] == reverse("mfa_index")


def test_m_without_a_proof_the_own_second_factor_is_asked_for(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn
) -> None:
    TOTP.activate(ida, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    provider.account["amr"] = ["pwd"]
    assert come_in()["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(browser)


def test_m_nothing_proves_a_second_factor_until_the_installation_names_it(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR, settings.OIDC_SECOND_FACTOR_AMR = True, []
    come_in()
    assert not is_signed_in(browser)


# --- What is kept -----------------------------------------------------------------------------


def test_k4_neither_the_account_nor_a_token_is_kept_anywhere(
    browser: Client, ansattporten: Provider, ida: User, come_in: ComeIn
) -> None:
    connect(ida, ansattporten, subject_of(ansattporten, "pid"))
    come_in()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM oidc_identity")
        row = repr([bytes(v) if isinstance(v, memoryview) else v for v in cursor.fetchone()])
    sessions = repr([SessionStore().decode(row.session_data) for row in UserSession.objects.all()])
    for secret in ("synthetic-number", "pairwise-2", "never used", "never kept", "eyJ"):
        assert secret not in row
        assert secret not in sessions
    assert subject_of(ansattporten, "pid") not in row


def test_only_what_is_needed_is_asked_of_the_provider(
    provider: Provider, ida: User, come_in: ComeIn
) -> None:
    come_in()
    come_in(at=Client())
    assert provider.paths().count("/.well-known/openid-configuration") == 1
    assert provider.paths().count("/jwks") == 1
    assert "/userinfo" not in provider.paths()


def test_no_transaction_is_held_while_the_provider_is_asked(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, monkeypatch: Any
) -> None:
    held: list[object] = []

    def watched(*args: Any, **options: Any) -> Any:
        held.append(audit._current.get())
        return fetching.fetch(*args, **options)

    monkeypatch.setattr("cases.oidc.client.fetch", watched)
    monkeypatch.setattr("cases.oidc.discovery.fetch", watched)
    come_in()
    assert is_signed_in(browser)
    assert held == [None, None, None]


def test_no_audit_no_sign_in(
    browser: Client, provider: Provider, ida: User, broken_audit: type[Exception]
) -> None:
    begun = browser.post(reverse("oidc:start"))
    with pytest.raises(broken_audit):
        browser.get(visit(way_on(begun)))
    assert not Identity.objects.exists()
    browser.logout()


def test_the_session_gets_a_new_number(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn
) -> None:
    browser.post(reverse("oidc:start"))
    before = browser.cookies["session"].value
    come_in()
    assert browser.cookies["session"].value != before


# --- Two tabs, new keys -----------------------------------------------------------------------


def test_a_second_tab_does_not_end_the_sign_in_of_the_first(
    browser: Client, provider: Provider, ida: User
) -> None:
    first = way_on(browser.post(reverse("oidc:start"), {"next": "/account/settings/"}))
    second = way_on(browser.post(reverse("oidc:start"), {"next": "/cases/"}))
    assert browser.get(visit(second))["Location"] == "/cases/"
    assert browser.get(visit(first))["Location"] == "/account/settings/"
    assert is_signed_in(browser)


def test_a_hundred_tabs_do_not_fill_the_session(browser: Client, provider: Provider) -> None:
    for _tab in range(8):
        begun = browser.post(reverse("oidc:start"))
    assert len(browser.session["oidc_attempts"]) == 5
    assert begun.status_code == 200


def test_too_many_attempts_from_one_place_are_slowed(browser: Client, provider: Provider) -> None:
    answers = [browser.post(reverse("oidc:start")).status_code for _press in range(61)]
    assert answers == [200] * 60 + [429]


def test_a_provider_may_change_its_keys_at_any_time(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn
) -> None:
    come_in()
    provider.signing_key = "second"
    again = Client()
    come_in(at=again)
    assert is_signed_in(again)
    assert provider.paths().count("/jwks") == 2


def test_an_old_and_a_new_key_are_published_side_by_side(
    browser: Client, provider: Provider, ida: User, come_in: ComeIn
) -> None:
    provider.published_keys = [jwk("second"), jwk("first"), jwk("first", use="enc", kid="other")]
    come_in()
    assert is_signed_in(browser)


def test_the_secret_never_reaches_the_browser(browser: Client, provider: Provider) -> None:
    address = way_on(browser.post(reverse("oidc:start")))
    assert CLIENT_SECRET not in address
    assert "code_verifier" not in address
