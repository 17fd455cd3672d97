"""ASVS: passwords, codes and session numbers are kept and chosen as they should be."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event, Outcome

pytestmark = pytest.mark.django_db
OLD = "en lang setning som ingen gjetter"
CHANGE = "/account/password/"


@pytest.fixture
def browser(adviser: User, client_of: Callable[[User], Client]) -> Client:
    adviser.set_password(OLD)
    adviser.save()
    signed_in = Client(headers={"accept-language": "en"})
    answer = signed_in.post("/account/sign-in/", {"login": adviser.email, "password": OLD})
    assert answer.status_code == 302
    return signed_in


def changed(browser: Client, adviser: User, new: str, old: str = OLD) -> bool:
    browser.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    adviser.refresh_from_db()
    return adviser.check_password(new)


def test_m_a_short_password_is_refused(browser: Client, adviser: User) -> None:
    assert not changed(browser, adviser, "kort ord 11")
    assert changed(browser, adviser, "langt ord 12")


def test_m_a_common_password_is_refused() -> None:
    for common in ("q1w2e3r4t5y6", "1qaz2wsx3edc", "sojdlg123aljg"):
        with pytest.raises(ValidationError):
            validate_password(common)


def test_m_ones_own_name_is_no_password(adviser: User) -> None:
    adviser.name = "Selje Testgrenholm"
    for own in (adviser.email, "Selje Testgrenholm", "testgrenholm1"):
        with pytest.raises(ValidationError):
            validate_password(own, adviser)


def test_m_a_new_password_needs_the_old_one(browser: Client, adviser: User) -> None:
    new = "en helt annen setning"
    assert not changed(browser, adviser, new, old="")
    assert not changed(browser, adviser, new, old="ikke denne setningen")
    assert changed(browser, adviser, new)


@pytest.mark.parametrize(
    "password",
    ["bare små bokstaver her", "øæå 🙂 מילים לארוכה", "x" * 60 + "1234 ", "  hold mellomrom  "],
)
def test_m_words_and_spaces_are_a_password(browser: Client, adviser: User, password: str) -> None:
    """Any characters, 64 and more of them, none taken away and none made small."""
    assert changed(browser, adviser, password)
    assert not adviser.check_password(password.strip() + "x")
    assert not adviser.check_password(password.upper())


def test_m_a_password_is_masked_and_may_be_pasted(browser: Client) -> None:
    for page in (Client().get("/account/sign-in/"), browser.get(CHANGE)):
        inputs = re.findall(r"<input[^>]*password[^>]*>", page.content.decode())
        assert inputs
        assert [one for one in inputs if 'type="password"' not in one] == []
        assert not re.search(r"onpaste|autocomplete=\"off\"", "".join(inputs))


def test_m_a_password_does_not_grow_old(browser: Client, adviser: User) -> None:
    User.objects.filter(pk=adviser.pk).update(last_login=timezone.now() - timedelta(days=900))
    sent = {"login": adviser.email, "password": OLD}
    assert Client().post("/account/sign-in/", sent).status_code == 302


def test_m_passwords_are_kept_by_argon2(adviser: User, settings: object) -> None:
    adviser.set_password(OLD)
    assert adviser.password.startswith("argon2$argon2id$")
    memory = re.search(r"m=(\d+),t=(\d+),p=(\d+)", adviser.password)
    assert memory
    assert int(memory[1]) >= 19 * 1024
    assert int(memory[2]) >= 2


def test_m_a_session_has_a_long_random_number(browser: Client) -> None:
    number = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert re.fullmatch(r"[a-z0-9]{32}", number)  # 165 bits
    assert number != Client().cookies.get(settings.SESSION_COOKIE_NAME)


def test_m_recovery_codes_are_made_from_a_sealed_seed(adviser: User) -> None:
    codes = RecoveryCodes.activate(adviser)
    made = codes.generate_codes()
    assert len(set(made)) == len(made) >= 8
    assert all(len(re.sub(r"\W", "", code)) >= 6 for code in made)
    kept = repr(Authenticator.objects.get(user=adviser, type="recovery_codes").data)
    assert not [code for code in made if code in kept]


def test_m_every_page_behind_the_sign_in_can_be_left(browser: Client) -> None:
    for path in ("/", "/cases/", "/account/settings/", CHANGE, "/account/second-factor/"):
        assert "/account/sign-out/" in browser.get(path).content.decode(), path


def test_m_signing_in_and_failing_to_are_in_the_log(browser: Client, adviser: User) -> None:
    Client().post("/account/sign-in/", {"login": adviser.email, "password": "ikke denne"})
    entered = Event.objects.get(action="user.signed_in")
    failed = Event.objects.get(action="user.sign_in_failed")
    assert (entered.target, failed.target) == (adviser.pk, adviser.pk)
    assert (entered.outcome, failed.outcome) == (Outcome.DONE, Outcome.DENIED)
    assert entered.fields, "how they proved who they are"
    assert "ikke denne" not in repr(vars(failed))
