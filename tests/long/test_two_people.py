"""F11, F12: two at the very same moment, two hundred times: one is kept, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.casework.models import Case, Note
from cases.casework.reference import load_law
from tests import factories
from tests.transport.forms import FORM_DATA, forms_of

PAIRS = 200
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1200),
    # SQLite's tests live in one connection of one thread; tests/long/booking_race.py shows its locks.
    pytest.mark.skipif(connection.vendor != "postgresql", reason="two connections: PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def pair() -> tuple[Case, list[Client]]:
    load_law()
    unit = factories.make_unit("Furu", profile="no-2021-bill")
    adviser = factories.make_user("adviser", unit, Role.ADVISER)
    leader = factories.make_user("leader", unit, Role.LEADER)
    case = factories.make_case(unit=unit, by=adviser, assigned_to=None)
    return case, [_browser(adviser), _browser(leader)]


def _browser(user: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(user)
    return browser


def opened(browser: Client, path: str, field: str) -> dict[str, Any]:
    page = browser.get(path)
    return next(f for f in forms_of(page.content.decode()) if field in f.fields).filled()


def at_once(sends: list[tuple[Client, str, dict[str, Any]]]) -> list[int]:
    """The answers to these, sent by a thread each at the same moment."""
    barrier = Barrier(len(sends))

    def send(one: tuple[Client, str, dict[str, Any]]) -> int:
        browser, path, data = one
        barrier.wait()
        try:
            body = urlencode(data, doseq=True)
            return browser.post(path, body, content_type=FORM_DATA).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sends)) as threads:
        return sorted(threads.map(send, sends))


def test_f11_two_hundred_pairs(pair: tuple[Case, list[Client]]) -> None:
    case, browsers = pair
    path = f"/cases/{case.pk}/person/"
    for number in range(PAIRS):
        before = case.person.version
        data = [opened(browser, path, "family_name") for browser in browsers]
        names = [f"Testa{number}", f"Testb{number}"]
        sends = [
            (browser, path, {**fields, "family_name": name})
            for browser, fields, name in zip(browsers, data, names, strict=True)
        ]
        answers = at_once(sends)
        assert answers[0] == 302
        assert answers[1] in (409, 422)
        case.person.refresh_from_db()
        assert case.person.family_name in names
        assert case.person.version == before + 1


def test_f12_two_hundred_double_clicks(pair: tuple[Case, list[Client]]) -> None:
    case, browsers = pair
    path = f"/cases/{case.pk}/note/"
    twin = Client(headers={"accept-language": "en"})
    twin.cookies = browsers[0].cookies
    for number in range(PAIRS):
        data = {**opened(browsers[0], path, "text"), "text": f"Ringte {number}."}
        assert at_once([(browsers[0], path, data), (twin, path, data)]) == [302, 302]
        assert Note.objects.count() == number + 1
