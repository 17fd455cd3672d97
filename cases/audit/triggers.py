"""What the database itself does for the log: it refuses every change, and follows every event.

An added event moves its unit's head on, and each person it names becomes findable, in the statement
that adds it: whoever adds events can not forget either, and a page pays for one statement.
"""

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


SQLITE_FOLLOW = [
    "CREATE TRIGGER audit_event_follow AFTER INSERT ON audit_event BEGIN "
    "INSERT INTO audit_eventperson (unit, person, event) "
    "SELECT NEW.unit, replace(value, '-', ''), NEW.id FROM json_each(NEW.persons); "
    "UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash "
    "WHERE unit = NEW.unit AND sequence = NEW.sequence - 1; END"
]
POSTGRES_FOLLOW = [
    "CREATE OR REPLACE FUNCTION audit_event_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO audit_eventperson (unit, person, event) "
    "SELECT NEW.unit, value::uuid, NEW.id FROM jsonb_array_elements_text(NEW.persons) AS value; "
    "UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash "
    "WHERE unit = NEW.unit AND sequence = NEW.sequence - 1; RETURN NULL; END $$",
    "CREATE TRIGGER audit_event_follow AFTER INSERT ON audit_event "
    "FOR EACH ROW EXECUTE FUNCTION audit_event_follow()",
]
FOLLOW = {"sqlite": SQLITE_FOLLOW, "postgresql": POSTGRES_FOLLOW}
STOP_FOLLOWING = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_event_follow"],
    "postgresql": ["DROP TRIGGER IF EXISTS audit_event_follow ON audit_event"],
}
INSTALL = {"sqlite": _sqlite_install, "postgresql": _postgres_install}
LIFT = {"sqlite": _sqlite_lift, "postgresql": _postgres_lift}


def install(connection: Any, tables: tuple[str, ...] = TABLES) -> None:
    _run(connection, INSTALL[connection.vendor], tables)


def lift(connection: Any, tables: tuple[str, ...] = TABLES) -> None:
    """Take the triggers away: for reversing a migration, a test's flush and a sealed month."""
    _run(connection, LIFT[connection.vendor], tables)


def follow(connection: Any) -> None:
    """Have the heads and the register of persons follow the events."""
    _execute(connection, FOLLOW[connection.vendor])


def stop_following(connection: Any) -> None:
    """Only for reversing the migration."""
    _execute(connection, STOP_FOLLOWING[connection.vendor])


def _execute(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _run(connection: Any, statements: Statements, tables: tuple[str, ...]) -> None:
    _execute(connection, [line for table in tables for line in statements(table)])
