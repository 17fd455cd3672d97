"""Row-level security and grants as SQL, made from the kinds of tables and the rights of roles.

A policy compares, it never has a way round: what a job or the installation's set-up may see in all
units is a policy of its own `TO` that role, so the ordinary one keeps its index.
"""

from collections.abc import Iterator

from cases.core.database.roles import (
    APP,
    BACKUP,
    SETUP,
    Right,
    in_all_units,
    rights,
    rights_without_a_model,
)
from cases.core.database.tables import OF_A_USER, SEEN_BY_SET_UP, SEEN_BY_USER, Kind, Table

# Outside a context the setting is missing, or empty once it has been set: both are no unit at all.
UNITS = "NULLIF(current_setting('app.units', true), '')::uuid[]"
USER = "NULLIF(current_setting('app.user_id', true), '')::uuid"
ALL_ROWS = "true"


def security_of(table: Table, owner: str) -> Iterator[str]:
    """Enable and force row-level security, and every policy of the table."""
    for statement in ("ENABLE", "FORCE"):
        yield f'ALTER TABLE "{table.name}" {statement} ROW LEVEL SECURITY'
    # Forced, it binds the owner, too: migrations and restoring need one of their own.
    yield policy(table, "owner", owner, ALL_ROWS)
    yield from _for_the_app(table)
    if table.kind in (Kind.SET_UP, Kind.UNIT):
        yield policy(table, "set_up", SETUP, ALL_ROWS)
    for role, _right in in_all_units(table):
        yield policy(table, role.removeprefix("advisory_"), role, ALL_ROWS)


def _for_the_app(table: Table) -> Iterator[str]:
    if table.kind is Kind.OF_A_USER:
        yield policy(table, "own_rows", APP, f'"{OF_A_USER[table.label]}" = {USER}')
    elif table.kind is Kind.UNIT:
        yield policy(table, "names", APP, ALL_ROWS, verb="SELECT")
        yield policy(table, "own_units", APP, f'"{table.key}" = ANY ({UNITS})', verb="UPDATE")
    elif table.kind is Kind.CHAIN:
        # What happened is written in whatever unit it happened, and read in one's own.
        yield policy(table, "own_units", APP, f'"{table.unit}" = ANY ({UNITS})', verb="SELECT")
        yield policy(table, "append", APP, ALL_ROWS, verb="INSERT")
        if table.label in SEEN_BY_SET_UP:
            yield policy(table, "set_up", SETUP, SEEN_BY_SET_UP[table.label], verb="SELECT")
    else:
        yield policy(table, "own_units", APP, f'"{table.unit}" = ANY ({UNITS})')
    if table.unit_may_be_empty:
        yield policy(table, "shared", APP, f'"{table.unit}" IS NULL', verb="SELECT")
    for column in SEEN_BY_USER.get(table.label, ()):
        yield policy(table, f"by_{column}", APP, f'"{column}" = {USER}', verb="SELECT")


def policy(table: Table, name: str, role: str, rule: str, *, verb: str = "ALL") -> str:
    checks = {"SELECT": f"USING ({rule})", "INSERT": f"WITH CHECK ({rule})"}
    clause = checks.get(verb, f"USING ({rule}) WITH CHECK ({rule})")
    return f'CREATE POLICY "{name}" ON "{table.name}" FOR {verb} TO "{role}" {clause}'


def grants_of(table: Table) -> Iterator[str]:
    for role, right in rights(table):
        yield from _grants(table.name, role, right)
    yield f'GRANT SELECT ON "{table.name}" TO "{BACKUP}"'


def grants_without_a_model(name: str) -> Iterator[str]:
    for role, right in rights_without_a_model(name):
        yield from _grants(name, role, right)
    yield f'GRANT SELECT ON "{name}" TO "{BACKUP}"'


def _grants(name: str, role: str, right: Right) -> Iterator[str]:
    verbs = list(right.verbs)
    if right.columns:
        columns = ", ".join(f'"{column}"' for column in right.columns)
        verbs[verbs.index("SELECT")] = f"SELECT ({columns})"
    yield f'GRANT {", ".join(verbs)} ON "{name}" TO "{role}"'


def is_locked(table: Table) -> bool:
    """Whether row-level security holds this table."""
    return table.kind in (Kind.OF_A_UNIT, Kind.SET_UP, Kind.OF_A_USER, Kind.CHAIN, Kind.UNIT)
