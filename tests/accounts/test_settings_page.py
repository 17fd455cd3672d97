"""The user's own settings: language before the browser's, and colours."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User
from cases.audit.models import Event

pytestmark = pytest.mark.django_db

HEADING = {"nb": "Innstillinger", "nn": "Innstillingar", "en": "Settings"}
PAGE = "/account/settings/"


def in_language(user: User, accepted: str) -> Client:
    client = Client(headers={"accept-language": accepted})
    client.force_login(user)
    return client


@pytest.mark.parametrize("own", ["nb", "nn", "en"])
@pytest.mark.parametrize("accepted", ["nb", "nn", "en"])
def test_the_users_language_comes_before_the_browsers(
    adviser: User, own: str, accepted: str
) -> None:
    browser = in_language(adviser, accepted)
    before = browser.get(PAGE)
    assert (before["Content-Language"], HEADING[accepted] in before.content.decode()) == (
        accepted,
        True,
    )
    browser.post(PAGE, {"language": own, "colour_scheme": "auto"})
    after = browser.get(PAGE)
    assert after["Content-Language"] == own
    assert HEADING[own] in after.content.decode()


def test_norwegian_for_browsers_of_no_language_we_have(adviser: User) -> None:
    assert in_language(adviser, "fi").get(PAGE)["Content-Language"] == "nb"


def test_colours_follow_the_setting(adviser: User, client_of: Callable[[User], Client]) -> None:
    browser = client_of(adviser)
    browser.post(PAGE, {"language": "", "colour_scheme": "dark"})
    assert 'data-color-scheme="dark"' in browser.get(PAGE).content.decode()


def test_a_change_is_in_the_log_without_content(
    adviser: User, client_of: Callable[[User], Client]
) -> None:
    client_of(adviser).post(PAGE, {"language": "nn", "colour_scheme": "dark"})
    event = Event.objects.get(action="user.settings_changed")
    assert event.actor == adviser.pk
    assert sorted(event.fields) == ["colour_scheme", "language"]


@pytest.mark.parametrize(
    "sent",
    [
        {"language": "se", "colour_scheme": "auto"},
        {"language": "nb", "colour_scheme": "pink"},
        {"language": "x" * 5000, "colour_scheme": "auto"},
        {"language": "nb"},
    ],
)
def test_what_is_not_on_the_list_is_refused_at_its_field(
    adviser: User, client_of: Callable[[User], Client], sent: dict[str, str]
) -> None:
    answer = client_of(adviser).post(PAGE, sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    adviser.refresh_from_db()
    assert (adviser.language, adviser.colour_scheme) == ("", "auto")


def test_a_setting_is_ones_own(
    adviser: User, colleague: User, client_of: Callable[[User], Client]
) -> None:
    client_of(adviser).post(
        PAGE, {"language": "nn", "colour_scheme": "dark", "user": str(colleague.pk)}
    )
    colleague.refresh_from_db()
    assert colleague.language == ""


def test_nothing_is_kept_when_the_log_cannot_be_written(
    adviser: User, client_of: Callable[[User], Client], broken_audit: type[Exception]
) -> None:
    response = client_of(adviser).post(reverse("accounts:settings"), {"colour_scheme": "dark"})
    assert response.status_code == 503
    adviser.refresh_from_db()
    assert adviser.colour_scheme == "auto"
