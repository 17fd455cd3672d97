"""A page for everything that goes wrong: what to do now, and nothing about anybody."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cases.accounts.models import User
from cases.casework.models import Case
from cases.desk.views import today as today_page

pytestmark = pytest.mark.django_db
SECRET = "Kanarihemmelig"


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The front page fails with a name in the exception."""

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"could not read {SECRET}")

    monkeypatch.setattr(today_page, "render", fail)


def browser(user: User | None, language: str = "en", **options: Any) -> Client:
    client = Client(headers={"accept-language": language}, raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no such page"),
        ("nb", "Denne siden finnes ikke"),
        ("nn", "Denne sida finst ikkje"),
    ],
)
def test_no_such_page_in_the_readers_language(adviser: User, language: str, sentence: str) -> None:
    adviser.language = language
    adviser.save()
    page = browser(adviser).get(f"/cases/{uuid4()}/")
    assert page.status_code == 404
    assert sentence in page.content.decode()


def test_what_was_looked_for_is_not_repeated(adviser: User) -> None:
    page = browser(adviser).get(f"/cases/{SECRET}/?name={SECRET}")
    assert page.status_code == 404
    assert SECRET not in page.content.decode()


def test_a_foreign_case_is_answered_like_none(
    outsider: User, case: Case, client_of: Callable[[User], Client]
) -> None:
    foreign = client_of(outsider).get(f"/cases/{case.pk}/")
    missing = client_of(outsider).get(f"/cases/{uuid4()}/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert case.number not in foreign.content.decode()


def test_a_missing_right_names_who_can_give_it(administrator: User) -> None:
    page = browser(administrator).get("/cases/")
    assert page.status_code == 403
    assert "ask your unit leader" in page.content.decode()


def test_a_form_without_its_token_tells_what_to_do(adviser: User, case: Case) -> None:
    strict = browser(adviser, enforce_csrf_checks=True)
    page = strict.post(f"/cases/{case.pk}/note/", {"text": SECRET})
    assert page.status_code == 403
    assert "ds-heading" in page.content.decode()
    assert "CSRF" not in page.content.decode()


@pytest.mark.usefixtures("breaks")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Something went wrong"), ("nb", "Noe gikk galt"), ("nn", "Noko gjekk gale")],
)
def test_our_own_fault_is_told_plainly(adviser: User, language: str, sentence: str) -> None:
    adviser.language = language
    adviser.save()
    page = browser(adviser).get("/")
    assert page.status_code == 500
    assert sentence in page.content.decode()


@pytest.mark.usefixtures("breaks")
def test_our_own_fault_shows_no_trace(adviser: User) -> None:
    page = browser(adviser).get("/").content.decode()
    for word in (SECRET, "Traceback", "RuntimeError", "cases/desk"):
        assert word not in page


@pytest.mark.usefixtures("breaks")
def test_every_error_has_the_headers_of_a_page(adviser: User, administrator: User) -> None:
    answers = [
        browser(adviser).get("/"),
        browser(adviser).get("/nothing/"),
        browser(administrator).get("/cases/"),
        browser(adviser, enforce_csrf_checks=True).post("/search/"),
    ]
    assert [answer.status_code for answer in answers] == [500, 404, 403, 403]
    for answer in answers:
        assert "no-store" in answer.headers["Cache-Control"]
        assert "default-src" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"<h1" in answer.content


def test_a_method_a_page_does_not_know_is_refused(adviser: User) -> None:
    assert browser(adviser).post("/cases/").status_code == 405
    assert browser(adviser).delete(f"/cases/{uuid4()}/").status_code == 405
    assert browser(adviser).delete("/").status_code == 405
