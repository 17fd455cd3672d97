"""As whom a transaction speaks to PostgreSQL: role, user, units and limits, set with SET LOCAL.

One statement at the beginning of a transaction; the end of the transaction takes all of it back.
Nothing is switched without a context: then the role that signed in decides, and in production that
one may read users and sessions only.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection, transaction


class DatabaseRole(StrEnum):
    APP = "advisory_app"
    SETUP = "advisory_setup"
    WORKER = "advisory_worker"
    FIGURES = "advisory_figures"
    AUDITOR = "advisory_auditor"
    KEEPER = "advisory_keeper"


@dataclass(frozen=True)
class Limits:
    """How long a statement may run, wait for a lock, and leave its transaction waiting."""

    statement: str
    lock: str
    idle: str


# Nobody holds a lock of ours for longer than a request or a batch. A page rather says "try again"
# after two seconds than piles up; a job has nobody waiting, and a batch of 250 holds chain heads.
PAGE = Limits("10s", "2s", "15s")
JOB = Limits("60s", "10s", "60s")
NAMES = (
    "role",
    "app.user_id",
    "app.units",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)
SET = "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in NAMES)
ASK = "SELECT " + ", ".join(f"current_setting('{name}', true)" for name in NAMES)

ROLES_OF_JOBS = (DatabaseRole.WORKER, DatabaseRole.AUDITOR, DatabaseRole.KEEPER)


def limits_of(role: DatabaseRole) -> Limits:
    return JOB if role in ROLES_OF_JOBS else PAGE


@dataclass(frozen=True)
class Context:
    """Without units no row about a person is seen; the roles of jobs see theirs in every unit."""

    role: DatabaseRole
    user: uuid.UUID | None = None
    units: frozenset[uuid.UUID] = frozenset()

    def settings(self) -> tuple[str, ...]:
        limits = limits_of(self.role)
        units = ",".join(sorted(str(unit) for unit in self.units))
        user = str(self.user) if self.user else ""
        return (self.role, user, f"{{{units}}}", limits.statement, limits.lock, limits.idle)


NOBODY = Context(DatabaseRole.APP)
WORKER = Context(DatabaseRole.WORKER)
FIGURES = Context(DatabaseRole.FIGURES)
AUDITOR = Context(DatabaseRole.AUDITOR)
KEEPER = Context(DatabaseRole.KEEPER)  # erases, in every unit; only jobs may become it

_current: ContextVar[Context | None] = ContextVar("database_context", default=None)
_usual: ContextVar[Context | None] = ContextVar("usual_database_context", default=None)


def in_units(*units: uuid.UUID) -> Context:
    """The program itself, working inside these units: a job that keeps to one unit at a time."""
    return Context(DatabaseRole.APP, units=frozenset(units))


def roles_are_used() -> bool:
    return settings.DATABASE_ROLES and connection.vendor == "postgresql"


@contextmanager
def in_context(context: Context | None) -> Iterator[None]:
    """Inside a transaction: speak as this context until the block ends.

    In a transaction that goes on afterwards (a test's, mostly) the settings from before come back;
    a rollback brings them back by itself.
    """
    if context is None or not roles_are_used():
        yield
        return
    outer, goes_on = _current.get(), len(connection.savepoint_ids) > 0
    before = outer.settings() if outer else _ask() if goes_on else ()
    token = _current.set(context)
    try:
        _set(context.settings())
        yield
    finally:
        _current.reset(token)
    if goes_on and not connection.needs_rollback:
        (_set if outer else _give_back)(before)


@contextmanager
def speaking_as(context: Context) -> Iterator[None]:
    """A transaction of its own for what is neither a request nor an action: a job's look around.

    Where there are no roles it is only the block.
    """
    if not roles_are_used():
        yield
        return
    with transaction.atomic(), in_context(context):
        yield


@contextmanager
def working_as(context: Context) -> Iterator[None]:
    """A whole job: each of its transactions speaks as this context, unless it names another.

    A statement outside a transaction gets one of its own, because a role lasts no longer than that.
    """
    token = _usual.set(context)
    try:
        with connection.execute_wrapper(_in_a_transaction):
            yield
    finally:
        _usual.reset(token)


def usual_context() -> Context | None:
    """What `recorded()` takes when it is given none."""
    return _usual.get()


def _in_a_transaction(execute: Callable[..., Any], sql: Any, *statement: Any) -> Any:
    is_control = str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
    if is_control or _current.get() is not None or not roles_are_used():
        return execute(sql, *statement)
    with transaction.atomic(), in_context(_usual.get()):
        return execute(sql, *statement)


@contextmanager
def acting_as(context: Context) -> Iterator[None]:
    """A part of a request that another role does: counts over all units, mostly.

    Without a context around it nothing is switched.
    """
    if _current.get() is None:
        yield
        return
    with transaction.atomic(), in_context(context):
        yield


def enter_units(units: Iterable[uuid.UUID], user: uuid.UUID | None = None) -> None:
    """From here on the transaction sees these units as well: who it is for was found out on the way.

    For a signature, a token or a sign-in that has just been checked.
    """
    context = _current.get()
    if context is None:
        return
    wider = replace(context, units=context.units | set(units), user=user or context.user)
    _current.set(wider)
    _set(wider.settings())


def current_context() -> Context | None:
    return _current.get()


def _ask() -> tuple[str, ...]:
    return tuple(value or "" for value in _past_the_cursor(ASK).fetchone())


def _set(values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET, _pairs(values))


def _give_back(values: tuple[str, ...]) -> None:
    _past_the_cursor(SET, _pairs(values))


def _pairs(values: tuple[str, ...]) -> list[str]:
    return [word for pair in zip(NAMES, values, strict=True) for word in pair]


def _past_the_cursor(sql: str, values: list[str] | None = None) -> Any:
    """Where the transaction goes on, a test counts statements: these are never a request's own."""
    return connection.connection.execute(sql, values)
