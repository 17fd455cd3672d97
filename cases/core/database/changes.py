"""Which rows a statement wrote, noted by the database itself: nothing that writes can forget it.

`save()`, `update()`, `bulk_create()`, raw SQL or psql: one row for each statement, with keys only.
What it meant is in the audit events; this is the proof that none is missing.
"""

from collections.abc import Iterator

from cases.core.database.tables import Table

TABLE = "audit_change"
FUNCTION = "audit_note_change"
OPERATIONS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
# Machinery that ticks without saying anything about anybody.
NOT_NOTED = frozenset({"reminders.Heartbeat", "reminders.Circuit", "reminders.EarlyReceipt"})

CREATE_TABLE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    "table" text NOT NULL,
    keys text[] NOT NULL,
    operation text NOT NULL,
    role text NOT NULL,
    user_id uuid,
    txid bigint NOT NULL DEFAULT txid_current()
)"""
# current_user is the owner in here, so the role is the one that was switched to or signed in.
CREATE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    written text[];
BEGIN
    EXECUTE format('SELECT array_agg(%I::text) FROM changed', TG_ARGV[0]) INTO written;
    IF written IS NOT NULL THEN
        INSERT INTO public.{TABLE} ("table", keys, operation, role, user_id) VALUES (
            TG_TABLE_NAME, written, TG_OP,
            CASE WHEN current_setting('role') = 'none' THEN session_user::text
                 ELSE current_setting('role') END,
            NULLIF(current_setting('app.user_id', true), '')::uuid
        );
    END IF;
    RETURN NULL;
END $body$"""
REFUSE = f"""
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'noted changes are append-only'; END $$;
CREATE OR REPLACE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"""


def table_and_function() -> Iterator[str]:
    yield CREATE_TABLE
    yield CREATE_FUNCTION
    yield f"REVOKE ALL ON FUNCTION {FUNCTION}() FROM PUBLIC"
    yield REFUSE


def triggers_of(table: Table) -> Iterator[str]:
    """One for each operation: a transition table belongs to a single one."""
    if not is_noted(table):
        return
    for operation, rows in OPERATIONS.items():
        yield (
            f'CREATE OR REPLACE TRIGGER "note_{operation.lower()}" AFTER {operation} '
            f'ON "{table.name}" REFERENCING {rows} TABLE AS changed '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}('{table.key}')"
        )


def is_noted(table: Table) -> bool:
    """Every table of ours, the access log itself left out: it has its chain."""
    return table.is_ours and table.label not in NOT_NOTED and not table.label.startswith("audit.")
