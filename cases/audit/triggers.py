"""Rows of the audit table can be added, not changed: the database itself refuses."""

from collections.abc import Callable
from typing import Any

Statements = Callable[[str], list[str]]

# As they were when the first migration put triggers on: later tables come with their own migration.
FIRST_TABLES = ("audit_event",)
TABLES = (*FIRST_TABLES, "audit_eventperson")
SENTENCE = "audit events are append-only"
REFUSE = "audit_event_refuse"


def _sqlite_install(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _sqlite_lift(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]


def _postgres_install(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {REFUSE}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()",
    ]


def _postgres_lift(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}"]


INSTALL = {"sqlite": _sqlite_install, "postgresql": _postgres_install}
LIFT = {"sqlite": _sqlite_lift, "postgresql": _postgres_lift}


def install(connection: Any, tables: tuple[str, ...] = TABLES) -> None:
    _run(connection, INSTALL[connection.vendor], tables)


def lift(connection: Any, tables: tuple[str, ...] = TABLES) -> None:
    """Take the triggers away: for reversing a migration, a test's flush and a sealed month."""
    _run(connection, LIFT[connection.vendor], tables)


def _run(connection: Any, statements: Statements, tables: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            for statement in statements(table):
                cursor.execute(statement)
