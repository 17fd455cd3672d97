"""F7: no way leads out of the house, no name of another host is repeated, no head is forged."""

from collections.abc import Callable

import pytest
from django.core.mail import BadHeaderError, EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.utils.http import url_has_allowed_host_and_scheme

from cases.accounts.models import User
from tests.access.matrix import World
from tests.transport.crawl import paths

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
OUT = (
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example",
    "http:evil.example", "javascript:alert(1)", "data:text/html,x", "https:/evil.example",
    "/%09/evil.example", "\t//evil.example", "https://testserver@evil.example/",
    "https://evil.example\\@testserver/", "////evil.example", "ftp://evil.example",
)  # fmt: skip
NAMES = ("next", "back", "url", "redirect", "return", "to")


def leads_out(answer: HttpResponse) -> bool:
    where = answer.headers.get("Location", "")
    return bool(where) and not url_has_allowed_host_and_scheme(where, {"testserver"})


@pytest.mark.parametrize("person", ["adviser", "nobody"])
def test_f7_no_way_leads_out_of_the_house(world: World, person: str) -> None:
    """Every address, by GET and by POST, with 14 ways out in 6 names."""
    client = world.client(person)
    found = []
    for number, (name, path) in enumerate(paths(world)):
        # All ways out at once where a list is sent, and one after the other along the addresses.
        out = OUT[number % len(OUT)]
        sent = {one: out for one in NAMES}
        found += [f"GET {name} {out}"] * leads_out(client.get(path, sent))
        if name != "account_logout":
            found += [f"POST {name} {out}"] * leads_out(client.post(path, sent))
    assert found == []


@pytest.mark.parametrize("out", OUT)
def test_f7_neither_sign_in_nor_drafts_lead_out(
    adviser: User, client_of: Callable[[User], Client], out: str
) -> None:
    adviser.set_password("long enough and secret")
    adviser.save()
    form = {"login": adviser.email, "password": "long enough and secret"}
    for answer in (
        Client().post("/account/sign-in/", {**form, "next": out}),
        Client().post(f"/account/sign-in/?{'next'}={out}", form),
        client_of(adviser).get("/account/sign-in/", {"next": out}),
    ):
        assert answer.status_code in (200, 302)
        assert not leads_out(answer)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:x", "a b"])
def test_f7_another_host_name_is_refused_and_not_repeated(host: str) -> None:
    for path in ("/", "/account/sign-in/", "/account/sign-in", "/admin/"):
        answer = Client(raise_request_exception=False).get(path, headers={"host": host})
        assert answer.status_code == 400
        assert host not in answer.content.decode()
    forwarded = Client().get("/account/sign-in", headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in forwarded.headers["Location"]


@pytest.mark.parametrize("broken", ["a\r\nSet-Cookie: x=1", "a\nX: y", "a\rX: y"])
def test_f7_no_line_break_reaches_an_answers_head(
    adviser: User, client_of: Callable[[User], Client], broken: str
) -> None:
    browser = client_of(adviser)
    for answer in (
        browser.get("/cases/", {"scope": broken, "next": broken}),
        browser.get("/account/sign-in/", {"next": f"/{broken}"}),
        browser.post("/account/settings/", {"language": broken, "colour_scheme": broken}),
    ):
        assert "x" not in {name for name in answer.cookies}
        assert not [v for v in answer.headers.values() if "\n" in str(v) or "\r" in str(v)]


@pytest.mark.parametrize("broken", ["a\nBcc: someone@example.no", "a\r\nX: y"])
def test_f7_no_line_break_reaches_a_mails_head(broken: str) -> None:
    for mail in (
        EmailMessage(broken, "text", "no-reply@localhost", ["to@example.no"]),
        EmailMessage("subject", "text", "no-reply@localhost", [broken]),
        EmailMessage("subject", "text", broken, ["to@example.no"]),
    ):
        with pytest.raises(BadHeaderError):
            mail.message()
