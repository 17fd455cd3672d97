"""Bring the database to what the model registry asks for, and tell where it is not.

All of it is one transaction and may be repeated. The check is the same work, looked at before and
after and then taken back: whatever would change is wrong.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cases.core.database import changes, doors, keys, policies
from cases.core.database.keys import CHILD, SameUnit, same_unit_keys, shared_parents
from cases.core.database.roles import (
    ATTRIBUTES,
    BACKUP,
    JOBS,
    LOGIN,
    MEMBERS,
    SCHEMA,
    SIGN_IN_LIMITS,
)
from cases.core.database.snapshot import snapshot
from cases.core.database.tables import WITHOUT_A_MODEL, Table, tables

HOW_TO_MAKE_ROLES = (
    "The roles {missing} are missing, and this user may not make them. As a superuser of the server: "
    "manage.py secure_database --print-roles | psql"
)


class RolesMissing(Exception):
    """Roles are not there, and the connection may not make them."""


class _TakeBack(Exception):
    pass


def secure(connection: BaseDatabaseWrapper) -> None:
    """Raises RolesMissing."""
    make_roles(connection)
    with transaction.atomic(using=connection.alias):
        _run(connection, statements(connection))


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """What the catalogue has and should not have (-), or has not and should (+)."""
    before: set[str] = set()
    after: set[str] = set()
    try:
        with transaction.atomic(using=connection.alias):
            before = snapshot(connection)
            _run(connection, statements(connection))
            after = snapshot(connection)
            raise _TakeBack
    except _TakeBack:
        pass
    changes_wanted = [f"- {line}" for line in sorted(before - after)]
    changes_wanted += [f"+ {line}" for line in sorted(after - before)]
    return changes_wanted + _wrong_roles(connection)


def _wrong_roles(connection: BaseDatabaseWrapper) -> list[str]:
    """Roles belong to the server, so they are looked at, never changed in passing."""
    wrong = [
        f"- role {name} may do more than it says"
        for name, *powers, passes_by in _rows(connection, POWERS)
        if any(powers) or passes_by != (name == BACKUP)
    ]
    found = {(role, member) for role, member in _rows(connection, MEMBERSHIPS)}
    wrong += [f"- role {member} is a member of {role}" for role, member in found - {*MEMBERS}]
    wrong += [f"+ role {member} is a member of {role}" for role, member in {*MEMBERS} - found]
    return sorted(wrong)


# --- Roles --------------------------------------------------------------------------------------


def role_statements(names: Iterable[str] = tuple(ATTRIBUTES)) -> Iterator[str]:
    """Make what is missing of these roles, and set their limits. For who may make roles."""
    for name in names:
        yield (
            f"DO $$ BEGIN CREATE ROLE {name} {ATTRIBUTES[name]}; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    for name, limits in SIGN_IN_LIMITS.items():
        for limit, value in limits.items():
            yield f"ALTER ROLE {name} SET {limit} = '{value}'"
    for role, member in MEMBERS:
        yield f"GRANT {role} TO {member}"


def missing_roles(connection: BaseDatabaseWrapper) -> list[str]:
    found = _column(connection, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'advisory%'")
    return [name for name in ATTRIBUTES if name not in found]


def make_roles(connection: BaseDatabaseWrapper) -> None:
    """Only when one is missing: roles belong to the whole server, not to this database."""
    missing = missing_roles(connection)
    if not missing:
        return
    asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    # BYPASSRLS of the backup's role is a superuser's to give.
    if not _column(connection, asked)[0]:
        raise RolesMissing(HOW_TO_MAKE_ROLES.format(missing=", ".join(missing)))
    _run(connection, role_statements())


# --- Everything in this database ------------------------------------------------------------------


def statements(connection: BaseDatabaseWrapper) -> Iterator[str]:
    there = set(connection.introspection.table_names())
    ours = [table for table in tables() if table.name in there]
    owner = _column(connection, "SELECT current_user")[0]
    yield from changes.table_and_function()
    yield from doors.doors()
    yield from _start_anew(connection)
    for table in ours:
        yield from _of(table, owner)
    for name in WITHOUT_A_MODEL:
        if name in there | {changes.TABLE}:
            yield from policies.grants_without_a_model(name)
    yield from _keys(connection, there)
    yield from _shared_parents(connection, there)


def _start_anew(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Rights and policies that somebody gave by hand go with the old ones."""
    roles = ", ".join(ATTRIBUTES)
    database = connection.settings_dict["NAME"]
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM {roles}, PUBLIC"
    yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM {roles}, PUBLIC"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {roles}"
    yield f'REVOKE ALL ON DATABASE "{database}" FROM {roles}, PUBLIC'
    yield f'GRANT CONNECT ON DATABASE "{database}" TO {LOGIN}, {JOBS}, {BACKUP}'
    for table, name in _rows(connection, POLICIES):
        yield f'DROP POLICY "{name}" ON "{table}"'


def _of(table: Table, owner: str) -> Iterator[str]:
    if policies.is_locked(table):
        yield from policies.security_of(table, owner)
    yield from policies.grants_of(table)
    yield from changes.triggers_of(table)


_OURS = ", ".join(f"'{name}'" for name in ATTRIBUTES)
POWERS = f"""
SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
FROM pg_roles WHERE rolname IN ({_OURS})"""
MEMBERSHIPS = f"""
SELECT m.roleid::regrole::text, m.member::regrole::text FROM pg_auth_members m
WHERE m.member::regrole::text IN ({_OURS})"""
POLICIES = f"SELECT tablename, policyname FROM pg_policies WHERE schemaname = '{SCHEMA}'"
KEYS = """
SELECT c.conname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype IN ('f', 'u') AND c.connamespace = 'public'::regnamespace"""

SAME_UNIT_TRIGGERS = f"""
SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
AND starts_with(t.tgname, '{CHILD}')"""


def _keys(connection: BaseDatabaseWrapper, there: set[str]) -> Iterator[str]:
    """Add what is missing, drop what no relation asks for any more: these look at every row."""
    wanted = [key for key in same_unit_keys() if {key.child, key.parent} <= there]
    found = {name: table for name, table in _rows(connection, KEYS)}
    names = {key.name for key in wanted}
    for name, table in found.items():
        if name.startswith(CHILD) and name not in names:
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'
    yield from _missing(wanted, set(found))


def _missing(wanted: list[SameUnit], found: set[str]) -> Iterator[str]:
    for key in wanted:
        if key.parent_name not in found:
            found.add(key.parent_name)
            yield key.parent_sql()
        if key.name not in found:
            yield key.child_sql()


def _shared_parents(connection: BaseDatabaseWrapper, there: set[str]) -> Iterator[str]:
    """The same for parents that one unit has or all share: a trigger at either end."""
    wanted = [key for key in shared_parents() if {key.child, key.parent} <= there]
    found = {name: table for name, table in _rows(connection, SAME_UNIT_TRIGGERS)}
    names = {name for key in wanted for name in (key.name, key.parent_name)}
    yield keys.CREATE_FUNCTION
    yield f"REVOKE ALL ON FUNCTION {keys.FUNCTION}() FROM PUBLIC"
    for name, table in found.items():
        if name not in names:
            yield f'DROP TRIGGER "{name}" ON "{table}"'
    for key in wanted:
        if key.name not in found:
            yield key.check_sql()
        yield key.child_sql()
        yield key.parent_sql()


def _run(connection: BaseDatabaseWrapper, lines: Iterable[str]) -> None:
    """In one journey to the server."""
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(lines))


def _rows(connection: BaseDatabaseWrapper, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _column(connection: BaseDatabaseWrapper, sql: str) -> list[Any]:
    return [row[0] for row in _rows(connection, sql)]
