"""F9: another site can make a browser ask nothing of us, and looking changes nothing."""

import pytest
from django.test import Client

from tests.access.matrix import World
from tests.transport.crawl import paths, rows

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
CROSS_SITE = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a sibling of our domain": {"sec-fetch-site": "same-site"},
    "a foreign origin": {"origin": "https://evil.example"},
    "no origin at all": {"origin": "null"},
    "our name as its beginning": {"origin": "http://testserver.evil.example"},
}
# No page: a signature or nothing stands for the token there.
WITHOUT_TOKEN = {"hooks:sms_receipts", "hooks:sms_replies", "desk:browser_reports"}


def strict(world: World, person: str) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(world.people[person])
    return client


@pytest.mark.parametrize("said", CROSS_SITE)
def test_f9_no_other_site_sends_anything(world: World, said: str) -> None:
    client, before = strict(world, "adviser"), rows()
    let_in = [
        name
        for name, path in paths(world)
        if client.post(path, {"text": "x"}, headers=CROSS_SITE[said]).status_code != 403
    ]
    assert let_in == []
    assert rows() == before


@pytest.mark.parametrize("person", ["adviser", "leader", "administrator"])
def test_f9_nothing_is_sent_without_the_pages_token(world: World, person: str) -> None:
    client, before = strict(world, person), rows()
    let_in = [
        f"{answer.status_code} {name}"
        for name, path in paths(world)
        if (answer := client.post(path, {"text": "x"})).status_code not in (403, 404, 405)
        and name not in WITHOUT_TOKEN
        and "sign-in" not in answer.headers.get("Location", "")
    ]
    assert let_in == []
    assert rows() == before


@pytest.mark.parametrize("person", ["adviser", "leader", "administrator"])
def test_f9_looking_changes_nothing(world: World, person: str) -> None:
    client = world.client(person)
    client.get("/")  # the first page of a session
    before = rows()
    for _name, path in paths(world):
        client.get(path)
        client.head(path)
    after = rows()
    assert [label for label in before if before[label] != after[label]] == []


def test_f9_nothing_of_ours_is_loaded_into_another_page(world: World) -> None:
    client = strict(world, "adviser")
    path = f"/cases/{world.case.pk}/"
    asked_as: dict[str, tuple[int, dict[str, str]]] = {
        "a link elsewhere": (200, {"site": "cross-site", "mode": "navigate", "dest": "document"}),
        "our own script": (200, {"site": "same-origin", "mode": "cors", "dest": "empty"}),
        "an address typed": (200, {"site": "none", "mode": "navigate", "dest": "document"}),
        "an image": (403, {"site": "cross-site", "mode": "no-cors", "dest": "image"}),
        "a script": (403, {"site": "same-site", "mode": "no-cors", "dest": "script"}),
        "a foreign script": (403, {"site": "cross-site", "mode": "cors", "dest": "empty"}),
        "a frame": (403, {"site": "cross-site", "mode": "navigate", "dest": "iframe"}),
    }
    for who, (status, said) in asked_as.items():
        headers = {f"sec-fetch-{name}": value for name, value in said.items()}
        answer = client.get(path, headers=headers)
        assert (who, answer.status_code) == (who, status)
        assert ("Kanarifuru" in answer.content.decode()) == (status == 200)


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "COOK"]
)
def test_f9_a_page_is_shown_or_sent_and_nothing_else(world: World, method: str) -> None:
    client = world.client("adviser")
    for path in ("/", "/cases/", f"/cases/{world.case.pk}/", "/account/settings/", "/healthz"):
        answer = client.generic(method, path)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_f2_there_is_no_api_yet(world: World) -> None:
    """The day one comes it needs tests of its own, and this line of docs/security.md another test."""
    assert [path for _name, path in paths(world) if path.startswith("/api/")] == []
    assert world.client("adviser").get("/api/v1/openapi.json").status_code == 404
