"""Where one is signed in: seen in plain words, and ended from anywhere else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.accounts.browsers import browser_code, browser_words
from cases.accounts.models import User, UserSession
from cases.audit.models import Event

pytestmark = pytest.mark.django_db

PAGE = reverse("accounts:sessions")
PASS_PHRASE = "four words, only practice"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def here(adviser: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(adviser)


@pytest.fixture
def elsewhere(adviser: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(adviser)


def is_signed_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_in_plain_words(user_agent: str, words: str) -> None:
    assert browser_words(browser_code(user_agent)) == words


def test_signing_in_keeps_the_browser_in_words_and_no_address(adviser: User) -> None:
    adviser.set_password(PASS_PHRASE)
    adviser.save()
    browser = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="192.0.2.77")
    browser.post(reverse("account_login"), {"login": adviser.email, "password": PASS_PHRASE})
    row = UserSession.objects.get(user=adviser)
    assert row.browser == "Firefox/Windows"
    assert "192.0.2.77" not in str(vars(row)) + str(browser.session.items())


def test_the_list_says_which_is_this_one(here: Client, elsewhere: Client) -> None:
    is_signed_in(elsewhere)
    rows = here.get(PAGE).context["rows"]
    assert sorted(row["here"] for row in rows) == [False, True]
    assert here.get(PAGE).content.decode().count("End this session") == 1


def test_one_session_is_ended_at_once(here: Client, elsewhere: Client, adviser: User) -> None:
    rows = here.get(PAGE).context["rows"]
    other = next(row["row"].pk for row in rows if not row["here"])
    here.post(PAGE, {"session": other})
    assert not is_signed_in(elsewhere)
    assert is_signed_in(here)
    assert Event.objects.filter(action="user.sessions_ended", actor=adviser.pk).count() == 1


def test_all_others_are_ended(here: Client, elsewhere: Client, client_of: Callable) -> None:
    here.post(PAGE)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(here)


def test_nobody_ends_the_session_of_somebody_else(
    here: Client, colleague: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(colleague)
    is_signed_in(browser)
    here.post(PAGE, {"session": UserSession.objects.get(user=colleague).pk})
    assert is_signed_in(browser)


def test_the_session_stays_when_the_log_does_not_take_it(
    here: Client, elsewhere: Client, broken_audit: type[Exception]
) -> None:
    assert here.post(PAGE).status_code == 503
    assert UserSession.objects.count() == 2


def test_a7_the_sessions_of_a_stopped_user_are_gone_at_once(
    here: Client, elsewhere: Client, adviser: User
) -> None:
    adviser.is_active = False
    adviser.save()
    assert not UserSession.objects.filter(user=adviser).exists()
    assert not is_signed_in(here)


def test_a_new_password_ends_the_other_sessions(
    here: Client, elsewhere: Client, adviser: User
) -> None:
    adviser.set_password(PASS_PHRASE)
    adviser.save()
    here.force_login(adviser)
    elsewhere.force_login(adviser)
    new = "other words, also practice"
    answer = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASS_PHRASE, "password1": new, "password2": new},
    )
    assert answer.status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert UserSession.objects.filter(user=adviser).count() == 1
    assert Event.objects.filter(action="user.sign_in_changed", target=adviser.pk).exists()
