"""What must be settled before Django starts: the database's options and production's demands."""

import sqlite3
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from cases.core.crypto import keys_of
from cases.oidc.configuration import faults

# Releases with the fix of the WAL-reset fault, which can corrupt a database in WAL mode.
WAL_FIXED_IN_SERIES = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite release carries the fix of the WAL-reset fault."""
    series, patch = version[:2], version[2]
    if series > max(WAL_FIXED_IN_SERIES):
        return True
    return series in WAL_FIXED_IN_SERIES and patch >= WAL_FIXED_IN_SERIES[series]


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings for a database address, SQLite or PostgreSQL.

    Raises ImproperlyConfigured for any other engine: the domain's guarantees are tested on these two.
    """
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    engine = settings["ENGINE"]
    if engine == "django.db.backends.sqlite3":
        journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode={journal};PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                # What is deleted is overwritten, not only forgotten.
                "PRAGMA secure_delete=ON;"
            ),
        }
    elif engine == "django.db.backends.postgresql":
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured("DATABASE_URL must name SQLite or PostgreSQL.")
    return settings


def refuse_unsafe_production(settings: dict[str, Any]) -> None:
    """Raise ImproperlyConfigured, naming the variable, when production would not be safe."""
    keys_of(settings["FIELD_KEYS"])  # what is no key is told now, not when the first name opens
    if settings["ADVISORY_MODE"] != "production":
        refuse_broken_sign_in(settings)
        return
    problems = {
        "SECRET_KEY": settings["SECRET_KEY"] == settings["PRACTICE_SECRET_KEY"]
        or len(settings["SECRET_KEY"]) < 50,
        "FIELD_KEYS": _share_a_key(settings["FIELD_KEYS"], settings["PRACTICE_FIELD_KEYS"]),
        "SECRET_KEY_FALLBACKS": settings["PRACTICE_SECRET_KEY"]
        in settings.get("SECRET_KEY_FALLBACKS", ()),
        "DEBUG": settings["DEBUG"],
        "ALLOWED_HOSTS": not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"],
        "REQUIRE_SECOND_FACTOR": not settings["REQUIRE_SECOND_FACTOR"],
        "SMS_URL": bool(settings["SMS_URL"]) and not settings["SMS_TOKEN"],
    }
    if settings["DATABASE_URL"].startswith("postgres"):
        problems["DATABASE_ROLES"] = not settings["DATABASE_ROLES"]
    wrong = [name for name, is_wrong in problems.items() if is_wrong]
    wrong += faults(settings, production=True)
    if wrong:
        raise ImproperlyConfigured(
            "ADVISORY_MODE=production refuses to start. Set a safe value for: " + ", ".join(wrong)
        )


def _share_a_key(keys: str, others: str) -> bool:
    """Whether a key of `name:key,…` is also among these others, under whatever name."""
    own, theirs = ({e.strip().partition(":")[2] for e in k.split(",")} for k in (keys, others))
    return bool(own & theirs)


def refuse_broken_sign_in(settings: dict[str, Any]) -> None:
    """Raise ImproperlyConfigured, naming the variables, when the provider could not be used."""
    if wrong := faults(settings, production=False):
        raise ImproperlyConfigured("Sign-in through a provider. Set right: " + ", ".join(wrong))
