"""F8, E7: every answer carries the headers: pages, refusals, errors, files, redirects, machines."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from advisory.malformed import plain_answer
from cases.accounts.models import User
from cases.desk.views import today as today_page
from tests.access.matrix import NOBODY, World
from tests.transport.crawl import paths

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
POLICY = (
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
    "object-src 'none'", "base-uri 'none'", "form-action 'self'", "report-uri /browser-reports",
)  # fmt: skip
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TELLING = ("Server", "X-Powered-By", "Via", "Access-Control-Allow-Origin")
PEOPLE = ("adviser", "administrator", NOBODY)


def faults_of(response: HttpResponse) -> list[str]:
    """What is missing in an answer, whatever it answers."""
    headers = response.headers
    wrong = [
        f"{name}: {headers.get(name)}" for name, v in EXPECTED.items() if headers.get(name) != v
    ]
    policy = headers.get("Content-Security-Policy", "")
    wrong += [f"no {part}" for part in POLICY if part not in policy and "sandbox" not in policy]
    wrong += ["unsafe-"] * ("unsafe-" in policy)
    trusted = headers.get("Content-Security-Policy-Report-Only", "")
    wrong += ["no trusted types"] * ("require-trusted-types-for 'script'" not in trusted)
    wrong += ["camera"] * ("camera=()" not in headers.get("Permissions-Policy", ""))
    kept = headers.get("Cache-Control", "")
    wrong += [f"kept: {kept}"] * ("no-store" not in kept)
    return wrong + [f"tells {name}" for name in TELLING if name in headers]


@pytest.mark.parametrize("person", PEOPLE)
def test_f8_every_answer_of_every_address(world: World, person: str) -> None:
    faults, statuses = [], set()
    for name, path in paths(world):
        for method in ("GET", "POST", "TRACE"):
            if name == "account_logout" and method == "POST":
                continue  # tested below; it would end the session of the other answers
            response = world.client(person).generic(method, path)
            statuses.add(response.status_code)
            faults += [
                f"{method} {name} {response.status_code}: {one}" for one in faults_of(response)
            ]
    assert faults == []
    assert 405 in statuses


def test_f8_every_body_says_what_it_is(world: World) -> None:
    """ASVS 4.1.1: a body has a type, a text its alphabet."""
    wrong = []
    for name, path in paths(world):
        answer = world.client("adviser").get(path)
        kind = answer.headers.get("Content-Type", "")
        if answer.streaming or not answer.content:
            continue
        if kind.startswith("text/") and "charset=utf-8" not in kind.casefold():
            wrong.append(f"{name} {kind}")
        wrong += [f"{name} has no type"] * (not kind)
    assert wrong == []


def _breaks(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(today_page, "render", fail)


def client(**options: Any) -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "en"}, **options)


def test_f8_refusals_before_any_page(adviser: User) -> None:
    strict = client(enforce_csrf_checks=True)
    strict.force_login(adviser)
    half = "multipart/form-data; boundary=b; charset=utf-7"
    answers = {
        "another alphabet": (400, strict.post("/account/sign-in/", b"x", content_type=half)),
        "another host": (400, strict.get("/", headers={"host": "evil.example"})),
        "no token": (403, strict.post("/account/settings/", {"language": "nn"})),
        "another site": (403, strict.post("/", headers={"sec-fetch-site": "cross-site"})),
        "no such page": (404, strict.get("/nothing/")),
        "no such method": (405, strict.generic("TRACE", "/cases/")),
        "too long": (413, strict.post("/account/settings/", {"language": "x" * 2**20})),
        "no slash": (301, strict.get("/account/settings")),
        "no such file": (404, strict.get("/static/no-such-file.css")),
        "hook": (401, strict.post("/hooks/sms/receipts", b"{}", content_type="application/json")),
    }
    for what, (status, answer) in answers.items():
        assert (what, answer.status_code) == (what, status)
        assert (what, faults_of(answer)) == (what, [])


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("Kanari"), 500), (BadRequest("Kanari"), 400)]
)
def test_f8_our_own_faults(
    adviser: User, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    signed_in = client()
    signed_in.force_login(adviser)
    _breaks(monkeypatch, error)
    answer = signed_in.get("/")
    assert answer.status_code == status
    assert faults_of(answer) == []


def test_f8_guessing_too_fast(adviser: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/ip"}
    guess = {"login": adviser.email, "password": "wrong and long enough"}
    answers = [client().post("/account/sign-in/", guess) for _ in range(3)]
    assert answers[-1].status_code in (200, 422, 429)
    assert [faults_of(answer) for answer in answers] == [[], [], []]


def test_f8_not_ready_is_no_exception() -> None:
    answer = client().get("/readyz")
    assert answer.status_code == 503
    assert faults_of(answer) == []


def test_f8_to_https_and_only_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    plain = client().get("/account/sign-in/")
    assert (plain.status_code, plain.headers["Location"][:8]) == (301, "https://")
    assert faults_of(plain) == []
    for path in ("/account/sign-in/", "/nothing/", "/cases/", "/healthz", "/readyz"):
        answer = client().get(path, secure=True)
        told = answer.headers["Strict-Transport-Security"]
        assert "includeSubDomains" in told
        assert int(told.split(";")[0].removeprefix("max-age=")) >= 365 * 24 * 3600


def test_f8_static_files(settings: Any, tmp_path: Any) -> None:
    """Only a file with a hash in its name is kept; the sources and the list of them never are."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    hashed = next(tmp_path.glob("css/app.*.css")).name
    visitor = client()
    kept = visitor.get(f"/static/css/{hashed}")
    assert "immutable" in kept.headers["Cache-Control"]
    kept.headers["Cache-Control"] = "no-store"
    assert faults_of(kept) == []
    for path in ("css/app.css", "img/icon.svg"):
        plain = visitor.get(f"/static/{path}")
        assert plain.status_code == 200
        assert faults_of(plain) == []
        assert b"".join(plain)  # read to its end: that closes the file, and not the database
    assert b"".join(kept)


def test_f8_requests_that_django_never_sees() -> None:
    answer = plain_answer(431, "Request Header Fields Too Large").decode()
    head, _blank, body = answer.partition("\r\n\r\n")
    assert f"Content-Length: {len(body)}" in head
    for part in ("frame-ancestors 'none'", "nosniff", "no-store", "default-src 'none'"):
        assert part in head
    assert "gunicorn" not in answer


def test_e7_sign_out_empties_the_browser(
    adviser: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(adviser)
    assert SESSION_KEY in browser.session
    assert "Clear-Site-Data" not in browser.get("/").headers
    answer = browser.post("/account/sign-out/")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_e7_a_session_that_has_ended_empties_the_browser_too(
    adviser: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(adviser)
    browser.session.flush()
    answer = browser.get("/cases/")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
