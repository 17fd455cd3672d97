"""What a wrong, forged, late or hostile answer leads to: one plain sentence, and nobody signed in."""

import base64
import gzip
import hmac
import json
import logging
import re
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event as Signal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.oidc import attempts, fetching
from cases.oidc.actions import AlreadyConnected, connect
from cases.oidc.models import Identity
from tests.oidc.provider import CLIENT_ID, CLIENT_SECRET, Provider, jwk, key, signed, visit, way_on

pytestmark = pytest.mark.django_db
ComeIn = Callable[..., Any]
REFUSED = "You could not be signed in through Kontoen. Ask your unit leader"
UNREACHABLE = "Kontoen does not answer right now. Wait a few minutes and try again."
EXPIRED = "It took too long, or was begun in another browser. Start again."


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("desk:today")).status_code == 200


def assert_refused(answer: Any, browser: Client, sentence: str = REFUSED) -> None:
    assert sentence in answer.content.decode()
    assert answer.status_code in (200, 400, 403, 503)
    assert not is_signed_in(browser)
    assert not Identity.objects.exists()


# --- The ID token -----------------------------------------------------------------------------

NOW = time.time  # asked when the claims are made, not when this file is read
WRONG_CLAIMS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another nonce": lambda c: c | {"nonce": "another"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "a nonce that is no text": lambda c: c | {"nonce": None},
    "another issuer": lambda c: c | {"iss": "https://another.example"},
    "the issuer with a slash more": lambda c: c | {"iss": c["iss"] + "/"},
    "for another program": lambda c: c | {"aud": "another"},
    "for nobody": lambda c: c | {"aud": []},
    "for two programs, not saying which": lambda c: c | {"aud": [CLIENT_ID, "another"]},
    "authorized another": lambda c: c | {"azp": "another"},
    "for two, authorized another": lambda c: c | {"aud": [CLIENT_ID, "x"], "azp": "x"},
    "expired": lambda c: c | {"exp": int(NOW()) - 61},
    "without an end": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "made in the future": lambda c: c | {"iat": int(NOW()) + 120},
    "not valid yet": lambda c: c | {"nbf": int(NOW()) + 120},
    "without an account": lambda c: c | {"oid": None},
    "an account that is a list": lambda c: c | {"oid": ["account-1"]},
    "an account without its tenant": lambda c: {k: v for k, v in c.items() if k != "tid"},
    "an account of endless length": lambda c: c | {"oid": "x" * 300},
}


@pytest.mark.parametrize("change", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_a12_wrong_claims(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, change: Any
) -> None:
    provider.change_claims = change
    assert_refused(come_in(), browser)


def _by_a_shared_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, CLIENT_SECRET.ljust(64), algorithm="HS256", headers={"kid": "first"})


def _by_the_public_key_as_a_secret(claims: dict[str, Any]) -> str:
    """The oldest trick: the public key, which everybody has, taken for a shared secret."""
    public = key("first").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = _packed(json.dumps({"alg": "HS256", "kid": "first", "typ": "JWT"}).encode())
    said = f"{head}.{_packed(json.dumps(claims).encode())}"
    return f"{said}.{_packed(hmac.digest(public, said.encode(), 'sha256'))}"


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _without_a_keys_name(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, key("first"), algorithm="RS256")


def _with_a_changed_end(claims: dict[str, Any]) -> str:
    head, body, signature = signed(claims).split(".")
    return f"{head}.{body}.{signature[:-8]}AAAAAAAA"


FORGED: dict[str, Callable[[dict[str, Any]], str]] = {
    "not signed": lambda c: jwt.encode(c, "", algorithm="none", headers={"kid": "first"}),
    "by a shared secret": _by_a_shared_secret,
    "by the public key": _by_the_public_key_as_a_secret,
    "by another key": lambda c: signed(c, "stranger", kid="first"),
    "by a key nobody published": lambda c: signed(c, "stranger"),
    "without a key's name": _without_a_keys_name,
    "by a key in its own head": lambda c: signed(
        c, "stranger", kid="first", jwk=jwk("stranger"), jku="http://127.0.0.1:1/jwks"
    ),
    "by an algorithm the key is not for": lambda c: signed(c, algorithm="RS512"),
    "on a curve": lambda c: jwt.encode(
        c, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": "first"}
    ),
    "with an unknown demand": lambda c: signed(c, crit=["b64x"], b64x=True),
    "with a changed end": _with_a_changed_end,
    "no token": lambda c: "not.a.token",
    "an endless token": lambda c: signed(c | {"x": "y" * 40_000}),
}


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED.keys())
def test_a12_forged_tokens(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, make: Any
) -> None:
    provider.make_token = make
    assert_refused(come_in(), browser)


def test_a_short_key_is_no_key(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client
) -> None:
    short = key("short")
    public = jwt.algorithms.RSAAlgorithm.to_jwk(short.public_key(), as_dict=True)
    provider.published_keys = [{**public, "kid": "first"}]
    provider.make_token = lambda c: jwt.encode(
        c, short, algorithm="RS256", headers={"kid": "first"}
    )
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        assert_refused(come_in(), browser)


@pytest.mark.parametrize("seconds", [-59, 59])
def test_a_clock_may_be_a_minute_off(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, seconds: int
) -> None:
    now = int(time.time()) + seconds
    provider.change_claims = lambda c: c | {"iat": now, "exp": now + (5 if seconds < 0 else 300)}
    come_in()
    assert is_signed_in(browser)


@pytest.mark.parametrize("acr", [None, "idporten-loa-low", ["idporten-loa-substantial"]])
def test_m_a_lower_level_than_asked_for(
    ansattporten: Provider, ida: User, come_in: ComeIn, browser: Client, acr: Any
) -> None:
    ansattporten.account["acr"] = acr
    assert_refused(come_in(), browser)


@pytest.mark.parametrize("granted", [None, [], "x", [1], [{"type": "another"}]])
def test_without_the_right_that_was_asked_for(
    ansattporten: Provider, ida: User, come_in: ComeIn, browser: Client, granted: Any
) -> None:
    ansattporten.account["authorization_details"] = granted
    assert_refused(come_in(), browser)


# --- The answer that the browser brings ---------------------------------------------------------


def answer_of(browser: Client) -> dict[str, str]:
    """The words the provider sends the browser back with."""
    back = visit(way_on(browser.post(reverse("oidc:start"))))
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def bring(browser: Client, said: Any) -> Any:
    return browser.get(f"{reverse('oidc:callback')}?{urlencode(said)}")


@pytest.mark.parametrize(
    "said",
    [{}, {"state": "made up"}, {"code": "x"}, {"state": "æ", "code": "x"}, {"error": "x"}],
    ids=str,
)  # fmt: skip
def test_an_answer_to_no_question(
    provider: Provider, ida: User, browser: Client, said: dict[str, str]
) -> None:
    browser.post(reverse("oidc:start"))
    assert_refused(bring(browser, said), browser, EXPIRED)
    assert "/token" not in provider.paths()


def test_an_answer_is_taken_once(provider: Provider, ida: User, browser: Client) -> None:
    said = answer_of(browser)
    bring(browser, said)
    browser.logout()
    assert EXPIRED in bring(browser, said).content.decode()
    assert provider.paths().count("/token") == 1


def test_a_refused_answer_is_used_up(provider: Provider, ida: User, browser: Client) -> None:
    said = answer_of(browser)
    assert_refused(bring(browser, said | {"code": ""}), browser)
    assert_refused(bring(browser, said), browser, EXPIRED)


def test_the_answer_of_another_browser(provider: Provider, ida: User, browser: Client) -> None:
    """Nobody is signed in with an answer that somebody else has made for them."""
    said = answer_of(Client())
    browser.post(reverse("oidc:start"))
    assert_refused(bring(browser, said), browser, EXPIRED)


def test_an_answer_after_eleven_minutes(
    provider: Provider, ida: User, browser: Client, monkeypatch: Any
) -> None:
    said = answer_of(browser)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(attempts.timezone, "now", lambda: later)
    answer = bring(browser, said)
    monkeypatch.undo()
    assert_refused(answer, browser, EXPIRED)


def test_a_code_with_another_verifier(provider: Provider, ida: User, browser: Client) -> None:
    """A stolen code is worth nothing in a session that did not ask for it."""
    stolen, own = answer_of(Client()), answer_of(browser)
    assert_refused(bring(browser, own | {"code": stolen["code"]}), browser)


@pytest.mark.parametrize("issuer", ["https://another.example", "", None])
def test_an_answer_that_names_another_provider(
    provider: Provider, ida: User, browser: Client, issuer: str | None
) -> None:
    said = answer_of(browser) | {"iss": issuer}
    assert_refused(bring(browser, {k: v for k, v in said.items() if v is not None}), browser)
    assert "/token" not in provider.paths()


def test_words_said_twice(provider: Provider, ida: User, browser: Client) -> None:
    said = list(answer_of(browser).items())
    assert_refused(bring(browser, [*said, ("code", "another")]), browser)
    said = list(answer_of(browser).items())
    assert_refused(bring(browser, [("state", "another"), *said]), browser, EXPIRED)


def test_a_provider_that_has_changed_while_the_answer_was_under_way(
    provider: Provider, ida: User, browser: Client, settings: Any
) -> None:
    said = answer_of(browser)
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = bring(browser, said)
    settings.OIDC_ISSUER = provider.issuer
    assert_refused(answer, browser, EXPIRED)


def test_cancelling_is_not_an_error(provider: Provider, ida: User, browser: Client) -> None:
    said = answer_of(browser) | {"error": "access_denied", "error_description": "<b>you</b>"}
    answer = bring(browser, said)
    assert_refused(answer, browser, "It was cancelled at Kontoen.")
    assert "<b>you" not in answer.content.decode()


def test_an_error_of_the_provider(provider: Provider, ida: User, browser: Client) -> None:
    said = answer_of(browser) | {"error": "server_error", "error_description": "user ida unknown"}
    answer = bring(browser, said)
    assert_refused(answer, browser)
    assert "ida" not in answer.content.decode()


@pytest.mark.parametrize("page", ["callback", "signed_out", "end_session"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
def test_only_a_link_opens_these_pages(
    provider: Provider, browser: Client, page: str, method: str
) -> None:
    assert getattr(browser, method)(reverse(f"oidc:{page}")).status_code == 405


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/", "//elsewhere.example/", "///elsewhere.example", "/\\elsewhere",
        "javascript:alert(1)", "http:///x", "x" * 2000,
    ],
)  # fmt: skip
def test_it_leads_nowhere_else(provider: Provider, ida: User, come_in: ComeIn, wanted: str) -> None:
    assert come_in(next=wanted)["Location"] == reverse("desk:today")


# --- A provider that misbehaves -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((500, b"broken"), UNREACHABLE),
        ((503, {"error": "later"}), UNREACHABLE),
        ((429, {}), UNREACHABLE),
        ((200, b"x" * 300_000), UNREACHABLE),
        ((200, b"<html>sign in</html>"), REFUSED),
        ((200, b"[" * 100_000), REFUSED),
        ((200, b"[1, 2]"), REFUSED),
        ((200, b"\xff\xfe"), REFUSED),
        ((200, {}), REFUSED),
        ((404, {}), REFUSED),
        ((200, gzip.compress(b" " * 9_000_000), {"Content-Encoding": "gzip"}), REFUSED),
        ((302, b"", {"Location": "http://127.0.0.1:9/"}), REFUSED),
    ],
    ids=[
        "broken", "later", "busy", "huge", "page", "deep", "list", "no text", "empty", "gone",
        "packed", "elsewhere",
    ],
)  # fmt: skip
def test_garbage(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, path: str, answer: Any,
    sentence: str,
) -> None:  # fmt: skip
    provider.answers[path] = answer
    assert_refused(come_in(), browser, sentence)


def test_a_slow_provider(provider: Provider, ida: User, browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.2)
    done = Signal()
    said = answer_of(browser)
    provider.answers["/token"] = lambda: (done.wait(5), (200, {}))[1]
    began = time.monotonic()
    assert_refused(bring(browser, said), browser, UNREACHABLE)
    assert time.monotonic() - began < 4
    done.set()


def test_a_dripping_provider(
    provider: Provider, ida: User, browser: Client, monkeypatch: Any
) -> None:
    """Each piece comes in time; all of them together do not."""
    said = answer_of(browser)
    monkeypatch.setattr(fetching, "ALL_SECONDS", 0.0)
    assert_refused(bring(browser, said), browser, UNREACHABLE)
    assert provider.paths()[-1] == "/token"


def test_a_provider_that_is_not_there(provider: Provider, browser: Client, settings: Any) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert_refused(browser.post(reverse("oidc:start")), browser, UNREACHABLE)


ELSEWHERE = "http://127.0.0.1:9/x"
WRONG_DISCOVERY: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://another.example"},
    "keys elsewhere": {"jwks_uri": ELSEWHERE},
    "token elsewhere": {"token_endpoint": ELSEWHERE},
    "pushing elsewhere": {"pushed_authorization_request_endpoint": ELSEWHERE},
    "browser elsewhere": {"authorization_endpoint": "https://elsewhere.example/authorize"},
    "script for the browser": {"authorization_endpoint": "javascript:alert(1)"},
    "sign-out elsewhere": {"end_session_endpoint": "https://elsewhere.example/end"},
    "no token address": {"token_endpoint": None},
    "a number for an address": {"jwks_uri": 7},
}


@pytest.mark.parametrize("change", WRONG_DISCOVERY.values(), ids=WRONG_DISCOVERY.keys())
def test_only_the_issuers_own_host_is_asked(
    provider: Provider, ida: User, browser: Client, change: dict[str, Any]
) -> None:
    provider.change_discovery = lambda document: document | change
    assert_refused(browser.post(reverse("oidc:start")), browser)
    assert provider.paths() == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "answer", [(401, {"error": "invalid_client"}), (201, {}), (201, {"request_uri": 5})]
)
def test_a_pushed_request_that_is_not_taken(
    ansattporten: Provider, browser: Client, answer: Any
) -> None:
    ansattporten.answers["/par"] = answer
    assert_refused(browser.post(reverse("oidc:start")), browser)


# --- Who it is -----------------------------------------------------------------------------------


def shown(answer: Any) -> tuple[int, str]:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return answer.status_code, page


def test_a12_unknown_stopped_and_unproven_users_get_the_same_answer(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, colleague: User
) -> None:
    provider.account |= {"oid": "nobody", "email": "nobody@example.no"}
    unknown = come_in()
    User.objects.filter(pk=ida.pk).update(is_active=False)
    provider.account |= {"oid": "account-1", "email": ida.email}
    stopped = come_in()
    provider.account |= {"oid": "account-2", "email": colleague.email, "xms_edov": False}
    unproven = come_in()
    assert shown(unknown) == shown(stopped) == shown(unproven)
    assert_refused(unproven, browser)


def test_who_was_connected_and_is_stopped_does_not_come_in(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client
) -> None:
    come_in()
    User.objects.filter(pk=ida.pk).update(is_active=False)
    again = Client()
    answer = come_in(at=again)
    assert answer.status_code == 403
    assert not is_signed_in(again)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "claims",
    [
        {"xms_edov": None}, {"xms_edov": "yes"}, {"xms_edov": "false"},
        {"xms_edov": None, "email_verified": "true"}, {"xms_edov": None, "email_verified": False},
        {"email": None}, {"email": ["ida@example.no"]}, {"email": ""},
    ],
    ids=str,
)  # fmt: skip
def test_an_e_mail_nobody_vouches_for_connects_nothing(
    provider: Provider, ida: User, come_in: ComeIn, browser: Client, claims: dict[str, Any]
) -> None:
    provider.account |= claims
    assert_refused(come_in(), browser)


def test_an_address_given_to_somebody_else_does_not_open_the_house(
    provider: Provider, ida: User, come_in: ComeIn
) -> None:
    """Ida is connected; a newcomer at the provider gets her old address."""
    come_in()
    provider.account["oid"] = "newcomer"
    newcomer = Client(headers={"accept-language": "en"})
    assert REFUSED in come_in(at=newcomer).content.decode()
    assert not is_signed_in(newcomer)
    assert Identity.objects.count() == 1


def test_nobody_signs_up(provider: Provider, come_in: ComeIn, browser: Client) -> None:
    before = User.objects.count()
    assert_refused(come_in(), browser)
    assert User.objects.count() == before


def test_an_account_of_another_user_is_not_connected_twice(
    provider: Provider, ida: User, colleague: User, come_in: ComeIn
) -> None:
    come_in()
    identity = Identity.objects.get()
    with pytest.raises(AlreadyConnected):
        connect(user=colleague, issuer=provider.issuer, subject=identity.subject, by=colleague)


def test_k2_neither_the_log_nor_the_audit_tells_who_was_refused(
    provider: Provider, come_in: ComeIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        come_in()
    assert "no_user" in caplog.text
    refused = Event.objects.get(action="identity.refused")
    assert (refused.outcome, refused.reason, refused.actor) == ("denied", "no_user", None)
    for secret in ("ida", "account-1", "tenant-1", CLIENT_SECRET, "eyJ"):
        assert secret not in caplog.text.lower()


def test_signing_in_as_somebody_else_ends_the_session_there_was(
    provider: Provider, ida: User, colleague: User, come_in: ComeIn, browser: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    browser.force_login(colleague)
    come_in()
    assert is_signed_in(browser)
    assert browser.session["_auth_user_id"] == str(ida.pk)
