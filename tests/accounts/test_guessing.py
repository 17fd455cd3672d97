"""A12: guessing is slowed, for a user and for an address; who has a user is not told."""

import json
import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import User

pytestmark = pytest.mark.django_db

SIGN_IN = reverse("account_login")
SECOND = reverse("mfa_authenticate")
PASSKEY = reverse("mfa_login_webauthn")
PASS_PHRASE = "four words, only practice"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REFUSED = "Too many failed login attempts"
TRIES = 200


@pytest.fixture(autouse=True)
def _quick_and_fresh(settings: Any) -> None:
    """What is counted is tries, not the work of a hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def ida(adviser: User) -> User:
    adviser.set_password(PASS_PHRASE)
    adviser.save()
    return adviser


def guess(email: str, password: str = "wrong", address: str = "192.0.2.1", **more: Any) -> Any:
    typed = {"login": email, "password": password}
    return Client(headers={"accept-language": "en"}).post(
        SIGN_IN, typed, REMOTE_ADDR=address, **more
    )


def looked_at(answer: Any) -> bool:
    """Whether the password was compared at all."""
    return REFUSED not in answer.content.decode() and answer.status_code != 429


@pytest.mark.parametrize("email", ["adviser@example.no", "nobody@example.no"])
def test_a12_two_hundred_guesses_at_one_user(ida: User, email: str) -> None:
    """From as many addresses as one likes; whether the user exists makes no difference."""
    answers = [guess(email, address=f"192.0.2.{n % 250}") for n in range(TRIES)]
    assert sum(looked_at(answer) for answer in answers) == 10
    assert not looked_at(guess(email, PASS_PHRASE, address="198.51.100.1"))


def test_a12_two_hundred_guesses_from_one_address(db: None) -> None:
    answers = [guess(f"user{n}@example.no") for n in range(TRIES)]
    assert sum(looked_at(answer) for answer in answers) == 30
    assert looked_at(guess("somebody@example.no", address="192.0.2.2")), "others may go on"


def test_a12_spelling_and_host_name_give_no_more_tries(ida: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    spelled = [(ida.email, "a.example"), (ida.email.upper(), "b.example")] * 10
    answers = [guess(email, headers={"host": host}) for email, host in spelled]
    assert sum(looked_at(answer) for answer in answers) == 10


@pytest.mark.parametrize(("minutes", "open_again"), [(14, False), (16, True)])
def test_a12_a_quarter_of_an_hour_opens_again(ida: User, minutes: int, open_again: bool) -> None:
    start = timezone.make_aware(timezone.datetime(2026, 11, 25, 12))
    with time_machine.travel(start, tick=False) as clock:
        for _try in range(10):
            guess(ida.email)
        clock.shift(timedelta(minutes=minutes))
        assert (guess(ida.email, PASS_PHRASE).status_code == 302) is open_again


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_a12_two_hundred_guesses_at_a_code(ida: User, kind: str) -> None:
    TOTP.activate(ida, SECRET)
    if kind == "recovery":
        RecoveryCodes.activate(ida)
    browser = Client(headers={"accept-language": "en"})
    browser.post(SIGN_IN, {"login": ida.email, "password": PASS_PHRASE})
    wrong = "000000" if kind == "totp" else "00000000"
    answers = [browser.post(SECOND, {"code": wrong}) for _try in range(TRIES)]
    assert sum(looked_at(answer) for answer in answers) == 10
    if kind == "recovery":
        code = RecoveryCodes.activate(ida).get_unused_codes()[0]
        assert not looked_at(browser.post(SECOND, {"code": code}))


def test_a12_the_counters_lie_in_the_database_and_name_nobody(ida: User) -> None:
    guess(ida.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM advisory_cache")
        rows = str(cursor.fetchall())
    assert "login_failed" in rows
    assert ida.email not in rows


def test_a12_behind_a_proxy_each_visitor_has_an_address_of_their_own(settings: Any) -> None:
    def tries(first: str) -> int:
        via = [guess(f"u{n}@example.no", headers={"x-forwarded-for": first}) for n in range(40)]
        return sum(looked_at(answer) for answer in via)

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert (tries("198.51.100.7"), tries("198.51.100.8")) == (30, 30)


def test_a12_without_a_proxy_nobody_names_their_own_address(settings: Any) -> None:
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    via = [
        guess(f"u{n}@example.no", headers={"x-forwarded-for": f"198.51.100.{n}"}) for n in range(60)
    ]
    assert sum(looked_at(answer) for answer in via) == 30


def told(answer: Any, email: str) -> tuple[int, str]:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return answer.status_code, page.replace(email, "")


def test_a12_known_unknown_and_stopped_users_get_one_answer(
    ida: User, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words, and the same number of hashes: the work that a stop-watch would see."""
    User.objects.filter(pk=colleague.pk).update(is_active=False, password=ida.password)
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, *words: (hashed.append("once"), encode(self, *words))[1],
    )
    answers, work = set(), []
    for email, password in [
        (ida.email, "wrong"), ("nobody@example.no", "wrong"), (colleague.email, "wrong"),
        (colleague.email, PASS_PHRASE),
    ]:  # fmt: skip
        before = len(hashed)
        answers.add(told(guess(email, password), email))
        work.append(len(hashed) - before)
    assert len(answers) == 1
    assert set(work) == {1}


def credential_of(user_handle: str) -> str:
    """A passkey's answer that belongs to nobody."""
    return json.dumps(
        {
            "id": "AAAA", "rawId": "AAAA", "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA",
                "userHandle": user_handle,
            },
        }
    )  # fmt: skip


def test_a12_a_passkey_does_not_tell_who_has_a_user(ida: User, colleague: User) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    handles = [str(ida.pk), str(colleague.pk), "00000000-0000-4000-8000-000000000000", "nothing"]
    answers = set()
    for handle in handles:
        browser = Client(headers={"accept-language": "en"})
        browser.get(PASSKEY, headers={"accept": "application/json"})
        encoded = urlsafe_b64encode(handle.encode()).decode().rstrip("=")
        answer = browser.post(PASSKEY, {"credential": credential_of(encoded)})
        assert answer.status_code == 302
        answers.add(told(browser.get(answer["Location"]), ""))
    assert len(answers) == 1
    assert "Incorrect code" in next(iter(answers))[1]


def test_a12_guesses_by_passkey_are_slowed_and_lock_nobody_out(ida: User) -> None:
    browser = Client()
    answers = [browser.post(PASSKEY, {"credential": "{}"}).status_code for _try in range(20)]
    assert answers.count(302) == 10
    assert answers.count(429) == 10
    assert guess(ida.email, PASS_PHRASE).status_code == 302
