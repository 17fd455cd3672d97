"""Two units full of rows, and ways to speak to PostgreSQL as one of the roles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.casework.models import Case
from cases.core.database.context import ROLES_OF_JOBS, Context, DatabaseRole, in_context
from cases.core.database.roles import JOBS, LOGIN
from cases.letters.reference import load_texts
from cases.reminders.reference import load_rules
from cases.units.models import Unit
from tests import factories
from tests.access.matrix import full_case

INSUFFICIENT_PRIVILEGE = "42501"


@pytest.fixture(autouse=True)
def _only_on_postgresql(request: pytest.FixtureRequest) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")


@dataclass
class Side:
    """One unit, who works there, and a case with a row of every kind."""

    unit: Unit
    user: User
    case: Case
    canary: str

    def context(self) -> Context:
        return self.user.database_context()


def make_side(name: str, profile: str = "no-2022-law") -> Side:
    unit = factories.make_unit(name, profile=profile)
    user = factories.make_user(f"leader{name}", unit, Role.LEADER)
    canary = f"Kanari{name}".lower().capitalize()
    case, _ids = full_case(unit, user, canary)
    return Side(unit, user, case, canary)


@pytest.fixture
def ours(law: None) -> Side:
    load_texts()
    load_rules()
    return make_side("Furu", "no-2021-bill")


@pytest.fixture
def theirs(law: None) -> Side:
    return make_side("Gran")


@contextmanager
def signed_in_to_postgres(name: str = LOGIN) -> Iterator[None]:
    """As the program is in production: not as the superuser that the tests are."""
    run(f"SET SESSION AUTHORIZATION {name}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            run("SET SESSION AUTHORIZATION DEFAULT")


@contextmanager
def speaking(context: Context | None) -> Iterator[None]:
    """Signed in, in a transaction, as this context; everything written is taken back."""
    name = JOBS if context and context.role in ROLES_OF_JOBS else LOGIN
    with transaction.atomic():
        with signed_in_to_postgres(name), in_context(context):
            yield
        transaction.set_rollback(True)


def app_in(*sides: Side) -> Context:
    return Context(DatabaseRole.APP, units=frozenset(side.unit.pk for side in sides))


def run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rows(sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def sqlstate_of(sql: str) -> str:
    """How the statement is refused; empty when it is not. Leaves the transaction usable."""
    try:
        with transaction.atomic():
            run(sql)
            run("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", "")) or "?"
    return ""


@pytest.fixture
def refused() -> Callable[[str], bool]:
    """Whether a statement fails for want of a right."""
    return lambda sql: sqlstate_of(sql) == INSUFFICIENT_PRIVILEGE
