"""B1-B3, B6-B9: what the roles see, what they may, and that no table was forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from cases.accounts.models import Draft, User
from cases.core.database import policies
from cases.core.database.context import AUDITOR, FIGURES, NOBODY, WORKER, Context, DatabaseRole
from cases.core.database.roles import ATTRIBUTES, BACKUP, JOBS, LOGIN
from cases.core.database.securing import differences
from cases.core.database.tables import (
    MACHINE,
    OF_A_USER,
    REFERENCE,
    WITHOUT_A_MODEL,
    Kind,
    Table,
    tables,
)
from cases.people.models import IdentityNumber, Person
from tests.postgres.conftest import Side, app_in, rows, run, signed_in_to_postgres, speaking

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
Refused = Callable[[str], bool]

LOCKED = [table for table in tables() if policies.is_locked(table) and table.unit]
ABOUT_PEOPLE = [table for table in LOCKED if table.kind is Kind.OF_A_UNIT]


def units_seen(table: Table) -> set[Any]:
    """The units of all rows that can be seen; rows shared by all units have none."""
    column = f'"{table.unit}"'
    found = rows(f'SELECT DISTINCT {column} FROM "{table.name}" WHERE {column} IS NOT NULL')
    return {row[0] for row in found}


def sees_nothing(table: Table) -> bool:
    """No row, or an error because the setting is no list of units."""
    try:
        with transaction.atomic():
            return units_seen(table) == set()
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", "") == "22P02"


# --- B1 ---------------------------------------------------------------------------------------


def test_b1_raw_sql_sees_nothing_without_a_context(ours: Side, theirs: Side) -> None:
    filled = [table.name for table in LOCKED if len(units_seen(table)) > 1]
    assert len(filled) > 15, "the tables must hold rows of both units"
    with speaking(NOBODY):
        assert {table.name: units_seen(table) for table in LOCKED if units_seen(table)} == {}


def test_b1_raw_sql_sees_only_the_unit_of_the_context(ours: Side, theirs: Side) -> None:
    with speaking(app_in(ours)):
        seen = {table.name: units_seen(table) for table in LOCKED}
    assert {name: units for name, units in seen.items() if units - {ours.unit.pk}} == {}
    assert sum(bool(units) for units in seen.values()) > 15


@pytest.mark.parametrize("junk", ["x", "{x}", "{}", "{00000000-0000-0000-0000-000000000000}"])
def test_b1_a_context_of_junk_sees_nothing(ours: Side, refused: Refused, junk: str) -> None:
    with speaking(NOBODY):
        run("SELECT set_config('app.units', %s, true)", [junk])
        for table in ABOUT_PEOPLE:
            assert sees_nothing(table), table.name


def test_b1_nobody_writes_into_another_unit(ours: Side, theirs: Side, refused: Refused) -> None:
    theirs_id, ours_id = theirs.unit.pk, ours.unit.pk
    with speaking(app_in(ours)):
        assert refused(f"UPDATE casework_task SET unit_id = '{theirs_id}'")
        assert refused(
            "INSERT INTO people_searchtoken (unit_id, person_id, prefix) "
            f"SELECT '{theirs_id}', id, 'ka' FROM people_person WHERE unit_id = '{ours_id}'"
        )
        run("UPDATE casework_case SET version = version + 1")
        run(f"DELETE FROM people_searchtoken WHERE unit_id = '{theirs_id}'")
        assert rows("SELECT DISTINCT unit_id FROM casework_case") == [(ours_id,)]


def test_b1_a_draft_is_its_owners_alone(ours: Side, theirs: Side) -> None:
    draft = Draft(owner=ours.user, form="referral", content="x", saved_at="2026-11-23T08:00Z")
    draft.save()
    colleague = Context(DatabaseRole.APP, user=theirs.user.pk, units=frozenset({ours.unit.pk}))
    with speaking(colleague):
        assert rows("SELECT id FROM accounts_draft") == []
    with speaking(ours.context()):
        assert rows("SELECT id FROM accounts_draft") == [(draft.pk,)]


def test_b1_a_user_sees_their_own_memberships_whatever_the_unit(ours: Side, theirs: Side) -> None:
    with speaking(Context(DatabaseRole.APP, user=ours.user.pk)):
        assert rows("SELECT user_id FROM accounts_membership") == [(ours.user.pk,)]


# The fault that is injected here is the context itself: missing, or of another unit.


def inject(monkeypatch: pytest.MonkeyPatch, context: Context) -> None:
    def wrong(user: User) -> Context:
        assert user.memberships_today, "the program itself still knows what the user may"
        return context

    monkeypatch.setattr(User, "database_context", wrong)


def test_b1_fault_a_page_without_its_context_shows_nobody(
    ours: Side, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(ours.user)
    assert ours.canary in client.get("/cases/?scope=unit").content.decode()
    inject(monkeypatch, NOBODY)
    assert ours.canary not in client.get("/cases/?scope=unit").content.decode()
    assert client.get(f"/cases/{ours.case.pk}/").status_code == 404


def test_b1_fault_a_page_with_another_units_context_shows_nobody(
    ours: Side, theirs: Side, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(ours.user)
    inject(monkeypatch, app_in(theirs))
    shown = client.get("/cases/?scope=unit").content.decode()
    assert ours.canary not in shown
    assert theirs.canary not in shown


def test_b1_what_the_code_forgets_the_database_refuses(ours: Side, theirs: Side) -> None:
    """No `visible_to`: the whole table is asked for, and only the own unit's people come."""
    with speaking(ours.context()):
        assert {person.unit_id for person in Person.objects.all()} == {ours.unit.pk}
        assert not Person.objects.filter(pk=theirs.case.person_id).exists()


# --- B2 ---------------------------------------------------------------------------------------

WITH_UNIT = """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND {} EXISTS (
        SELECT 1 FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname IN ('unit_id', 'unit') AND NOT a.attisdropped)"""
ALLOWED = {**REFERENCE, **MACHINE}


def test_b2_every_table_with_a_unit_is_locked() -> None:
    open_tables = {name for name, is_locked in rows(WITH_UNIT.format("")) if not is_locked}
    assert open_tables == {"audit_head"}, "and that one says why in tables.MACHINE"
    assert "audit.Head" in MACHINE


def test_b2_every_table_without_a_unit_is_on_the_list() -> None:
    listed = {t.name for t in tables() if t.label in {*ALLOWED, *OF_A_USER, "units.Unit"}}
    there = {name for name, _locked in rows(WITH_UNIT.format("NOT"))}
    assert there - listed - set(WITHOUT_A_MODEL) == set(), "say in tables.py why it has no unit"


def test_b2_every_model_is_classified_and_every_reason_is_needed() -> None:
    kinds = {table.label: table.kind for table in tables()}
    assert [label for label, kind in kinds.items() if kind is Kind.UNKNOWN] == []
    assert [label for label in ALLOWED if label not in kinds] == [], "is not a model any more"
    assert all(len(reason) > 2 for reason in ALLOWED.values())


def test_b2_every_policy_that_lets_write_checks_what_is_written() -> None:
    found = rows(
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public'"
    )
    assert len(found) > 100
    without = [
        (table, name)
        for table, name, cmd, qual, check in found
        if (cmd in ("ALL", "INSERT", "UPDATE") and not check) or (cmd != "INSERT" and not qual)
    ]
    assert without == []


def test_b2_the_catalogue_is_what_the_models_ask_for() -> None:
    assert differences(connection) == []


@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY",
        'ALTER POLICY own_units ON people_person USING (true)',
        'DROP POLICY own_units ON casework_note',
        "CREATE POLICY way_round ON casework_note TO advisory_worker USING (true)",
        "GRANT SELECT ON casework_note TO advisory_worker",
        "GRANT SELECT (given_name) ON people_person TO advisory_figures",
        "GRANT DELETE ON audit_event TO advisory_app",
        "ALTER TABLE casework_note DISABLE TRIGGER note_update",
        "ALTER TABLE casework_note DROP CONSTRAINT same_unit_casework_note_case_id",
        "DROP TRIGGER same_unit_retention_duelistitem_rule_id ON retention_duelistitem",
        "DROP TRIGGER same_unit_of_retention_duelistitem_rule_id ON retention_retentionrule",
        "ALTER FUNCTION advisory_same_unit() SECURITY INVOKER",
        "ALTER ROLE advisory_app BYPASSRLS",
        "GRANT advisory_backup TO advisory_login",
        "CREATE TABLE forgotten (id int, unit_id uuid); GRANT SELECT ON forgotten TO advisory_app",
    ],
)  # fmt: skip
def test_b2_the_check_finds_damage(damage: str) -> None:
    run(damage)
    assert differences(connection) != []


# --- B3 ---------------------------------------------------------------------------------------


def test_b3_no_role_is_more_than_it_says() -> None:
    found = rows(
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
        "FROM pg_roles WHERE rolname = ANY (%s)",
        [list(ATTRIBUTES)],
    )
    assert {name for name, *_rest in found} == set(ATTRIBUTES)
    assert [name for name, *rest in found if any(rest[:4])] == []
    assert [name for name, *rest in found if rest[4]] == [BACKUP]


def test_b3_no_role_owns_anything_or_can_become_an_owner() -> None:
    owners = {
        r[0] for r in rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname='public'")
    }
    assert owners & set(ATTRIBUTES) == set()
    reachable = rows(
        "WITH RECURSIVE walk AS (SELECT oid FROM pg_roles WHERE rolname = ANY (%s) UNION "
        "SELECT m.roleid FROM pg_auth_members m JOIN walk w ON w.oid = m.member) "
        "SELECT r.rolname, r.rolsuper, r.rolbypassrls FROM walk JOIN pg_roles r USING (oid)",
        [[name for name in ATTRIBUTES if name != BACKUP]],
    )
    assert {name for name, *_rest in reachable} & owners == set()
    assert [name for name, *more in reachable if any(more)] == []


@pytest.mark.parametrize("role", [None, *DatabaseRole])
def test_b3_no_role_may_take_the_lock_away(role: DatabaseRole | None, refused: Refused) -> None:
    owner = rows("SELECT current_user")[0][0]
    with speaking(Context(role) if role else None):
        assert refused("ALTER TABLE people_person DISABLE ROW LEVEL SECURITY")
        assert refused("ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY")
        assert refused("CREATE POLICY mine ON people_person USING (true)")
        assert refused("DROP TRIGGER note_update ON people_person")
        assert refused(f'SET ROLE "{owner}"')
        assert refused(f"SET ROLE {BACKUP}")
        assert refused(f"ALTER ROLE {LOGIN} SUPERUSER")
        assert refused("CREATE TABLE public.mine (id int)")


def test_b3_pages_and_jobs_can_not_become_each_other(refused: Refused) -> None:
    with speaking(None):
        assert refused("SET ROLE advisory_keeper")
        assert refused("SET ROLE advisory_auditor")
        assert refused(f"SET ROLE {JOBS}")
    with transaction.atomic(), signed_in_to_postgres(JOBS):
        assert refused("SET ROLE advisory_app")
        assert refused("SET ROLE advisory_setup")
        assert refused(f"SET ROLE {LOGIN}")


def test_b3_turning_row_security_off_is_an_error_not_a_way(ours: Side, refused: Refused) -> None:
    with speaking(ours.context()):
        run("SET LOCAL row_security = off")
        assert refused("SELECT * FROM people_person")


def test_b3_whoever_only_signs_in_sees_nobody(ours: Side, refused: Refused) -> None:
    with speaking(None):
        for table in ABOUT_PEOPLE:
            assert refused(f'SELECT * FROM "{table.name}"'), table.name


# --- B6, B7 -----------------------------------------------------------------------------------

VIEWS = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm'
    OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))"""


def test_b6_views_see_what_their_reader_sees() -> None:
    assert rows(VIEWS) == []
    run("CREATE VIEW everybody AS SELECT * FROM people_person")
    assert rows(VIEWS) == [("everybody",)], "such a view would be found"


def test_b7_a_number_in_another_unit_is_no_obstacle_and_no_hint(ours: Side, theirs: Side) -> None:
    elsewhere = IdentityNumber(
        unit=theirs.unit, person=theirs.case.person, kind="birth", lookup="same"
    )
    elsewhere.digits = "1"
    elsewhere.save()
    with speaking(ours.context()):
        here = IdentityNumber(unit=ours.unit, person=ours.case.person, kind="birth", lookup="same")
        here.digits = "1"
        here.save()
        run("SET CONSTRAINTS ALL IMMEDIATE")
        assert [number.pk for number in IdentityNumber.objects.filter(lookup="same")] == [here.pk]


# --- B9 ---------------------------------------------------------------------------------------

NOT_FOR_JOBS = ["casework_note", "casework_referral", "casework_finding", "support_consent",
                "support_offer", "people_identitynumber", "people_searchtoken", "letters_letter",
                "accounts_user", "accounts_draft", "accounts_usersession", "audit_event"]  # fmt: skip


@pytest.mark.parametrize("table", NOT_FOR_JOBS)
def test_b9_the_reminder_worker_may_not_read(table: str, ours: Side, refused: Refused) -> None:
    with speaking(WORKER):
        assert refused(f"SELECT * FROM {table}")


def test_b9_the_reminder_worker_reads_no_name(ours: Side, refused: Refused) -> None:
    with speaking(WORKER):
        assert refused("SELECT given_name FROM people_person")
        assert refused("SELECT birth_date FROM people_person")
        assert refused("SELECT number FROM casework_case")
        assert rows("SELECT count(id) FROM people_person") == [(1,)]
        assert refused("DELETE FROM reminders_message")
        assert refused("UPDATE people_contactpoint SET messages_allowed = true")


def test_b9_figures_count_everywhere_and_see_nobody(
    ours: Side, theirs: Side, refused: Refused
) -> None:
    with speaking(FIGURES):
        assert rows("SELECT count(id) FROM casework_referral") == [(2,)]
        assert refused("SELECT person_id FROM casework_referral")
        assert refused("SELECT * FROM people_person")
        assert refused("SELECT text FROM casework_note")
        assert refused("UPDATE support_offer SET result = ''")


def test_b9_the_auditor_reads_the_log_and_nothing_it_is_about(ours: Side, refused: Refused) -> None:
    with speaking(AUDITOR):
        assert rows("SELECT count(*) > 0 FROM audit_event") == [(True,)]
        for table in ABOUT_PEOPLE:
            if not table.label.startswith("audit."):
                assert refused(f'SELECT * FROM "{table.name}"'), table.name


def test_b9_one_user_of_the_set_up_keeps_every_units_places(ours: Side, theirs: Side) -> None:
    with speaking(Context(DatabaseRole.SETUP)):
        assert len(rows("SELECT DISTINCT unit_id FROM units_place")) == 2
        assert rows("SELECT * FROM people_person") == []


def test_signing_in_gives_back_what_was_before(ours: Side) -> None:
    before = rows("SELECT session_user, current_user")
    with speaking(ours.context()):
        assert rows("SELECT session_user, current_user") == [(LOGIN, "advisory_app")]
    assert rows("SELECT session_user, current_user") == before
    with signed_in_to_postgres():
        assert rows("SELECT session_user") == [(LOGIN,)]
    assert rows("SELECT session_user, current_user") == before
