"""What production refuses to start with, and how each database is opened."""

import base64
import sqlite3
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from advisory.startup import database_settings, refuse_unsafe_production, wal_is_safe


def keys(*names: str) -> str:
    """`FIELD_KEYS` with a key of its own for each name."""
    return ",".join(
        f"{name}:{base64.b64encode(name.zfill(32).encode()).decode()}" for name in names
    )


SAFE: dict[str, Any] = {
    "ADVISORY_MODE": "production",
    "PRACTICE_SECRET_KEY": "practice-only" + "x" * 60,
    "PRACTICE_FIELD_KEYS": keys("practice", "index"),
    "DATABASE_URL": "postgresql://advisory_login@database.example.no/advisory",
    "DATABASE_ROLES": True,
    "SECRET_KEY": "s" * 50,
    "FIELD_KEYS": keys("2026", "index-2026"),
    "DEBUG": False,
    "ALLOWED_HOSTS": ["advisory.example.no"],
    "REQUIRE_SECOND_FACTOR": True,
    "SMS_URL": "https://sms.example.no/",
    "SMS_TOKEN": "token",
}
UNSAFE = [
    ("SECRET_KEY", {"SECRET_KEY": SAFE["PRACTICE_SECRET_KEY"]}),
    ("SECRET_KEY", {"SECRET_KEY": "s" * 49}),
    ("FIELD_KEYS", {"FIELD_KEYS": SAFE["PRACTICE_FIELD_KEYS"]}),
    ("DATABASE_ROLES", {"DATABASE_ROLES": False}),
    ("DEBUG", {"DEBUG": True}),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": []}),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": ["advisory.example.no", "*"]}),
    ("REQUIRE_SECOND_FACTOR", {"REQUIRE_SECOND_FACTOR": False}),
    ("SMS_URL", {"SMS_TOKEN": ""}),
]


def test_production_starts_with_safe_values() -> None:
    refuse_unsafe_production(SAFE)
    refuse_unsafe_production(SAFE | {"SMS_URL": "", "SMS_TOKEN": ""})


@pytest.mark.parametrize(("variable", "change"), UNSAFE)
def test_production_names_the_variable_and_never_its_value(
    variable: str, change: dict[str, Any]
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_unsafe_production(SAFE | change)
    told = str(refusal.value)
    assert told.endswith(f": {variable}")
    assert not [value for value in change.values() if value and str(value) in told]


def test_production_names_all_at_once() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY, DEBUG"):
        refuse_unsafe_production(SAFE | {"SECRET_KEY": "", "DEBUG": True})


@pytest.mark.parametrize("mode", ["practice", "production"])
@pytest.mark.parametrize(
    "broken", ["", "2026", "2026:no base64", "2026:c2hvcnQ=,index:c2hvcnQ=", keys("2026"), keys("index")]
)  # fmt: skip
def test_k3_what_is_no_key_is_told_at_the_start(mode: str, broken: str) -> None:
    """A key of the wrong length must not be found out when the first name is opened."""
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS") as refusal:
        refuse_unsafe_production(SAFE | {"ADVISORY_MODE": mode, "FIELD_KEYS": broken})
    assert "c2hvcnQ" not in str(refusal.value)


def test_practice_starts_with_anything() -> None:
    unsafe = {name: value for _name, change in UNSAFE for name, value in change.items()}
    refuse_unsafe_production(SAFE | unsafe | {"ADVISORY_MODE": "practice"})


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_its_fault_is_mended(
    version: tuple[int, int, int], is_safe: bool
) -> None:
    assert wal_is_safe(version) is is_safe


def test_sqlite_is_opened_for_durability(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    options = database_settings("sqlite:////tmp/advisory.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=DELETE" in options["init_command"]
    assert "foreign_keys=ON" in options["init_command"]
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    options = database_settings("sqlite:////tmp/advisory.sqlite3")["OPTIONS"]
    assert "journal_mode=WAL" in options["init_command"]


def test_postgresql_connections_are_checked_before_use() -> None:
    settings = database_settings("postgres://advisory@localhost/advisory")
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert settings["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("url", ["mysql://localhost/advisory", "oracle://localhost/advisory"])
def test_other_engines_are_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SQLite or PostgreSQL"):
        database_settings(url)
