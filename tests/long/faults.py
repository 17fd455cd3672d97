"""A pytest plugin that breaks one thing in the program: `FAULT=audit_write pytest -p tests.long.faults …`.

The code of the function itself is replaced, so that it is broken for whoever has imported it already.
"""

import os
from collections.abc import Callable
from typing import Any


def everybody_sees_everybody(user: Any, prefix: str = "", permission: Any = None) -> Any:
    from django.db.models import Q  # noqa: PLC0415

    return Q()


def nothing_is_written(events: Any) -> None:
    """The log looks as if it had been written."""


def no_units_and_no_user(self: Any) -> Any:
    from cases.core.database.context import NOBODY  # noqa: PLC0415

    return NOBODY


def one_key_for_all(wrapped: bytes) -> bytes:
    return b"k" * 32


def break_it() -> None:
    from cases.accounts.models import User  # noqa: PLC0415
    from cases.audit import record  # noqa: PLC0415
    from cases.core import crypto  # noqa: PLC0415
    from cases.people.models.access import visible_through  # noqa: PLC0415

    faults: dict[str, tuple[Any, Callable[..., Any]]] = {
        "access_function": (visible_through, everybody_sees_everybody),
        "audit_write": (record._write, nothing_is_written),
        "database_context": (User.database_context, no_units_and_no_user),
        "key_look_up": (crypto.unwrap, one_key_for_all),
    }
    broken, by = faults[os.environ["FAULT"]]
    broken.__code__ = by.__code__


def pytest_collection_finish() -> None:
    break_it()
