"""Signing in: who exists is not told, guessing is slowed, and the second factor is demanded."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as in_use
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cases.accounts.models import Membership, User
from cases.accounts.roles import Role
from cases.accounts.sessions import SessionStore
from cases.audit.models import Event
from cases.casework.models import Case
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db

PASS_PHRASE = "four words, only practice"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def ida(unit: Unit) -> User:
    user = factories.make_user("ida", unit, Role.ADVISER)
    user.set_password(PASS_PHRASE)
    user.save()
    return user


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def sign_in(browser: Client, email: str, password: str = PASS_PHRASE, **more: str) -> Any:
    return browser.post(reverse("account_login"), {"login": email, "password": password} | more)


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("desk:today")).status_code == 200


def what_is_told(answer: Any, email: str) -> str:
    """The page, without the address that was typed and the token of the form."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return page.replace(email, "")


def test_the_right_words_lead_to_the_front_page(browser: Client, ida: User) -> None:
    answer = sign_in(browser, ida.email)
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:today"))
    assert is_signed_in(browser)


def test_an_address_is_the_same_in_capitals(browser: Client, ida: User) -> None:
    sign_in(browser, ida.email.upper())
    assert is_signed_in(browser)


def test_who_has_a_user_is_not_told(browser: Client, ida: User) -> None:
    known = sign_in(browser, ida.email, "not the words")
    unknown = sign_in(browser, "nobody@example.no", "not the words")
    assert known.status_code == unknown.status_code
    assert what_is_told(known, ida.email) == what_is_told(unknown, "nobody@example.no")
    assert not is_signed_in(browser)


@pytest.mark.parametrize("password", [PASS_PHRASE, "not the words"])
def test_who_may_no_longer_sign_in_is_not_told(browser: Client, ida: User, password: str) -> None:
    User.objects.filter(pk=ida.pk).update(is_active=False)
    gone = sign_in(browser, ida.email, password)
    unknown = sign_in(browser, "nobody@example.no", "not the words")
    assert what_is_told(gone, ida.email) == what_is_told(unknown, "nobody@example.no")


def test_a_machine_does_not_sign_in_and_is_not_told(browser: Client, ida: User) -> None:
    """The police system sends by addresses of its own; a person with its password gets nowhere."""
    ida.memberships.update(unit=None, role=Role.POLICE_CLIENT)
    machine = sign_in(browser, ida.email)
    unknown = sign_in(browser, "nobody@example.no", "not the words")
    assert what_is_told(machine, ida.email) == what_is_told(unknown, "nobody@example.no")
    assert not is_signed_in(browser)
    Membership.objects.create(user=ida, role=Role.FIGURES_READER, valid_from=factories.LONG_AGO)
    sign_in(browser, ida.email)
    assert browser.get(reverse("accounts:settings")).status_code == 200


def test_who_may_no_longer_sign_in_does_not_get_in(browser: Client, ida: User) -> None:
    User.objects.filter(pk=ida.pk).update(is_active=False)
    sign_in(browser, ida.email)
    assert not is_signed_in(browser)


def test_who_is_stopped_is_out_on_the_next_request(browser: Client, ida: User) -> None:
    sign_in(browser, ida.email)
    User.objects.filter(pk=ida.pk).update(is_active=False)
    assert not is_signed_in(browser)


def test_what_was_typed_stays_except_the_password(browser: Client, ida: User) -> None:
    page = sign_in(browser, ida.email, "not the words").content.decode()
    assert ida.email in page
    assert "not the words" not in page


@pytest.mark.parametrize("email", ["ida@example.no", "nobody@example.no"])
def test_guessing_is_stopped_for_known_and_unknown_alike(
    browser: Client, ida: User, email: str
) -> None:
    for _guess in range(10):
        sign_in(browser, email, "not the words")
    answer = sign_in(browser, email)
    assert "Too many failed login attempts" in answer.content.decode()
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(browser: Client, ida: User, elsewhere: str) -> None:
    assert sign_in(browser, ida.email, next=elsewhere)["Location"] == reverse("desk:today")


def test_the_page_asked_for_comes_after_signing_in(browser: Client, ida: User, case: Case) -> None:
    wanted = case.get_absolute_url()
    asked = browser.get(wanted)
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("account_login"))
    assert sign_in(browser, ida.email, next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("not an address", PASS_PHRASE),
        ("a" * 5000 + "@example.no", PASS_PHRASE),
        ("ida@example.no", "x" * 5000),
        ("' or 1=1 --@example.no", "' or 1=1 --"),
        ("<script>alert(1)</script>@example.no", PASS_PHRASE),
    ],
)
def test_hostile_values_get_a_sentence(
    browser: Client, ida: User, email: str, password: str
) -> None:
    answer = sign_in(browser, email, password)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "<script>alert" not in answer.content.decode()


def test_signing_out_takes_a_button_press(browser: Client, ida: User) -> None:
    sign_in(browser, ida.email)
    browser.get(reverse("account_logout"))
    assert is_signed_in(browser)
    browser.post(reverse("account_logout"))
    assert not is_signed_in(browser)


def test_the_session_gets_a_new_number_on_signing_in(browser: Client, ida: User) -> None:
    """Somebody has begun a session and put its number into the browser of the one who signs in."""
    planted = SessionStore()
    planted["begun"] = "by somebody else"
    planted.save()
    browser.cookies[in_use.SESSION_COOKIE_NAME] = planted.session_key
    assert browser.session["begun"] == "by somebody else", "the number names a real session"
    sign_in(browser, ida.email)
    assert is_signed_in(browser)
    assert browser.cookies[in_use.SESSION_COOKIE_NAME].value != planted.session_key
    assert not SessionStore().exists(planted.session_key)


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/"])
def test_nobody_makes_a_user_or_resets_by_mail(browser: Client, path: str) -> None:
    assert browser.get(path).status_code in (302, 404)
    browser.post(path, {"email": "new@example.no", "password1": PASS_PHRASE})
    assert not User.objects.filter(email="new@example.no").exists()


def second_factor_of(user: User) -> Authenticator:
    return TOTP.activate(user, SECRET).instance


def code_now(secret: str = SECRET) -> str:
    now = max(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, now))


def test_without_a_second_factor_only_its_setup_is_open(
    browser: Client, ida: User, case: Case, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(browser, ida.email)
    for page in (reverse("desk:today"), case.get_absolute_url()):
        answer = browser.get(page)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))


def test_setting_up_a_second_factor(browser: Client, ida: User, settings: Any) -> None:
    """The password once more, the secret, a code; then the house is open."""
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(browser, ida.email)
    setup = reverse("mfa_activate_totp")
    asked = browser.get(setup)["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    assert browser.get(asked).status_code == 200
    wrong = browser.post(asked, {"password": "not the words"})
    assert wrong.context["form"].errors["password"]
    assert browser.post(asked, {"password": PASS_PHRASE})["Location"] == setup
    secret = browser.get(setup).context["form"].secret
    wrong = browser.post(setup, {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    answer = browser.post(setup, {"code": code_now(secret)})
    assert answer.status_code == 302
    assert is_signed_in(browser)
    assert Authenticator.objects.filter(user=ida, type=Authenticator.Type.TOTP).exists()
    told = Event.objects.filter(action="user.sign_in_changed", actor=ida.pk, target=ida.pk)
    assert ["totp_added"] in told.values_list("fields", flat=True)


def test_a11_a_session_from_before_the_first_factor_ends(browser: Client, ida: User) -> None:
    """A password alone opened it: setting up a factor must not make it a full one."""
    earlier = Client()
    for one in (earlier, browser):
        sign_in(one, ida.email)
        assert is_signed_in(one)
    setup = reverse("mfa_activate_totp")
    browser.post(browser.get(setup)["Location"], {"password": PASS_PHRASE})
    secret = browser.get(setup).context["form"].secret
    assert browser.post(setup, {"code": code_now(secret)}).status_code == 302
    assert is_signed_in(browser)
    assert not is_signed_in(earlier)


def test_a_password_alone_does_not_open_where_there_is_a_second_factor(
    browser: Client, ida: User
) -> None:
    second_factor_of(ida)
    answer = sign_in(browser, ida.email)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(browser)
    refused = browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert refused.context["form"].errors["code"]
    assert not is_signed_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_signed_in(browser)


def test_a_code_is_used_once(browser: Client, ida: User) -> None:
    second_factor_of(ida)
    code = code_now()
    sign_in(browser, ida.email)
    browser.post(reverse("mfa_authenticate"), {"code": code})
    assert is_signed_in(browser)
    again = Client()
    sign_in(again, ida.email)
    again.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_signed_in(again)
