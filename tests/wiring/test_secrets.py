"""No secret leaves: neither by a fault of ours, nor by a log, nor with the repository."""

import io
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from advisory.logs import ContentFreeFormatter
from cases.accounts.models import User
from cases.casework.models import Case
from cases.people.models import IdentityNumber
from tests import source
from tests.source import name_of

# The settings that hold a secret, each with a canary: it may be sent to its own server only.
CANARIES = {
    "SECRET_KEY": "canary-of-the-secret-key-" + "x" * 40,
    "SMS_TOKEN": "canary-of-the-gateway",
    "SMS_WEBHOOK_SECRET": "canary-of-the-receipts",
    "OIDC_CLIENT_SECRET": "canary-of-the-provider",
    "EMAIL_HOST_PASSWORD": "canary-of-the-mail",
}


@pytest.fixture
def logged() -> Any:
    """Every line of every log, written as the program writes them."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(ContentFreeFormatter("{asctime} {levelname} {name} {message}", style="{"))
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.django_db
def test_k2_a_fault_of_ours_shows_no_secret(
    adviser: User, case: Case, settings: Any, logged: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Secrets in the exception, in its cause, in local variables and in the address asked for."""
    for name, canary in CANARIES.items():
        setattr(settings, name, canary)
    digits = IdentityNumber.objects.get(person=case.person).digits
    secrets = [*CANARIES.values(), digits, case.person.family_name + " 4711"]
    secrets += [entry.partition(":")[2] for entry in settings.FIELD_KEYS.split(",")]

    def fails(*args: Any, **more: Any) -> None:
        held = list(secrets)
        try:
            raise KeyError(*held)
        except KeyError as error:
            raise RuntimeError(" ".join(held)) from error

    monkeypatch.setattr(User, "units_where", fails)
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    browser.force_login(adviser)
    answers = [
        browser.get(reverse("desk:today"), {"word": secrets[-1]}),
        browser.post(reverse("desk:search"), {"q": digits}),
    ]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert "RuntimeError" in logged.getvalue(), "the fault is told, without its words"
    seen = logged.getvalue() + "".join(
        answer.content.decode() + str(answer.headers) for answer in answers
    )
    seen += "".join(str(m.message()) for m in mail.outbox)
    assert [secret for secret in secrets if secret in seen] == []


# --- The repository -----------------------------------------------------------------------------

# In pieces, so that this file is not its own finding.
SECRETS: dict[str, str] = {
    "a private key": "-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY-----",
    "a signed token": r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}",
    "a key of a cloud": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a token of a code host": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})",
    "a token of a chat": r"\bxox[abprs]-[\w-]{10,}",
    "a token of a payment house": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "a password in an address": r"\b(?:postgres(?:ql)?|redis|smtps?(?:\+tls)?|https?)://[^\s:/@'\"{}<]+:(?!password@)[^\s:/@'\"{}<…]+@",
    "32 bytes of base64": r"(?<![\w/+.-])[A-Za-z0-9+/]{43}=(?![\w=])",
    "a secret of Django's": "django-" + "insecure-",
}
# What looks like one and is none; each is written down with where it stands.
HARMLESS: dict[tuple[str, str], str] = {
    ("advisory/settings.py", "32 bytes of base64"): "practice keys, refused in production",
    ("tests/core/test_crypto.py", "32 bytes of base64"): "32 times the letter A",
}


def findings(text: str) -> set[str]:
    return {what for what, pattern in SECRETS.items() if re.search(pattern, text)}


def test_k2_the_repository_holds_no_secret() -> None:
    found = {
        (name_of(path), what)
        for path in source.text_files()
        if not path.name.startswith("requirements") and path.name != "assets.lock.json"
        for what in findings(path.read_text("utf-8"))
    }
    assert found - set(HARMLESS) == set(), "take it out, and change the secret: it has been seen"
    assert set(HARMLESS) - found == set(), "an exception is not needed any more"


KEY_FILES = {".pem", ".key", ".p12", ".pfx", ".jks", ".env", ".sqlite3", ".dump"}


def test_k2_no_file_of_keys_or_data_lies_in_the_repository() -> None:
    ours = [path for folder in ("advisory", "cases", "tests", "tools", "bench", "docs", "deploy",
            "static", "templates") for path in (source.ROOT / folder).rglob("*")]  # fmt: skip
    assert ours
    assert [name_of(path) for path in ours if _is_key_file(path)] == []


def _is_key_file(path: Path) -> bool:
    return path.is_file() and (path.suffix in KEY_FILES or path.name.startswith(".env"))


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----", "-----BEGIN " + "PRIVATE KEY-----",
        "eyJhbGciOiJSUzI1NiIsIn." + "eyJzdWIiOiIxMjM0NTY3ODkw." + "c2lnbmF0dXJlLW9mLWl0",
        "AKIA" + "ABCDEFGHIJKLMNOP", "ghp_" + "a" * 36, "xoxb-" + "1234567890",
        "postgresql://advisory:" + "hunter2@db/advisory", "x = '" + "A" * 43 + "='",
    ],
)  # fmt: skip
def test_a_secret_would_be_found(text: str) -> None:
    assert findings(text)
