"""C4: every way of writing is noted; C6: nobody who writes can change the log."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.accounts.models import User
from cases.core.database.context import KEEPER, WORKER, Context, speaking_as
from cases.support.models import Service
from tests.postgres.conftest import (
    Side,
    app_in,
    rows,
    run,
    signed_in_to_postgres,
    speaking,
    sqlstate_of,
)
from tools.services import POSTGRES_PROGRAMS, program

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def noted_since(last: int, table: str) -> list[tuple[Any, ...]]:
    return rows(
        'SELECT operation, role, keys FROM audit_change WHERE id > %s AND "table" = %s ORDER BY id',
        [last, table],
    )


def last_noted() -> int:
    return rows("SELECT coalesce(max(id), 0) FROM audit_change")[0][0]


def by_save(side: Side, rows_there: list[Service]) -> None:
    service = rows_there[0]
    service.name_en = "saved"
    service.save()


def by_update(side: Side, rows_there: list[Service]) -> None:
    Service.objects.filter(unit=side.unit).update(name_en="updated")


def by_bulk_create(side: Side, rows_there: list[Service]) -> None:
    Service.objects.bulk_create([Service(unit=side.unit, name_nb=f"Ny {n}") for n in range(3)])


def by_bulk_update(side: Side, rows_there: list[Service]) -> None:
    for service in rows_there:
        service.name_en = "bulk"
    Service.objects.bulk_update(rows_there, ["name_en"])


def by_raw_sql(side: Side, rows_there: list[Service]) -> None:
    run("UPDATE support_service SET name_en = 'raw'")


def by_delete(side: Side, rows_there: list[Service]) -> None:
    Service.objects.create(unit=side.unit, name_nb="Bort").delete()


WAYS = [
    (by_save, ["UPDATE"]),
    (by_update, ["UPDATE"]),
    (by_bulk_create, ["INSERT"]),
    (by_bulk_update, ["UPDATE"]),
    (by_raw_sql, ["UPDATE"]),
    (by_delete, ["INSERT", "DELETE"]),
]


@pytest.mark.parametrize(("write", "operations"), WAYS, ids=[way[0].__name__ for way in WAYS])
def test_c4_every_way_of_writing_is_noted(
    write: Callable[[Side, list[Service]], None], operations: list[str], ours: Side
) -> None:
    there = list(Service.objects.filter(unit=ours.unit))
    last = last_noted()
    with signed_in_to_postgres(), speaking_as(ours.context()):
        write(ours, there)
    noted = noted_since(last, "support_service")
    assert [operation for operation, _role, _keys in noted] == operations
    assert {role for _operation, role, _keys in noted} == {"advisory_app"}
    assert all(keys for _operation, _role, keys in noted)


def test_c4_one_note_names_every_row_of_its_statement(ours: Side) -> None:
    last = last_noted()
    made = Service.objects.bulk_create(
        [Service(unit=ours.unit, name_nb=f"Ny {n}") for n in range(20)]
    )
    [(operation, _role, keys)] = noted_since(last, "support_service")
    assert (operation, set(keys)) == ("INSERT", {str(service.pk) for service in made})


def test_c4_a_save_in_django_admin_is_noted(
    ours: Side, administrator: User, client_of: Callable[[User], Client]
) -> None:
    service = Service.objects.filter(unit=ours.unit).first()
    last = last_noted()
    run("UPDATE support_service SET name_en = 'x' WHERE false")
    assert noted_since(last, "support_service") == [], (
        "a statement that changes nothing says nothing"
    )
    path = f"/admin/support/service/{service.pk}/change/"
    client = client_of(administrator)
    form = client.get(path).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = client.post(path, {**values, "name_en": "From admin"})
    assert answer.status_code == 302, answer.content.decode()
    [(operation, role, keys)] = noted_since(last, "support_service")
    assert (operation, role, keys) == ("UPDATE", "advisory_setup", [str(service.pk)])


@pytest.mark.django_db(transaction=True)
def test_c4_psql_as_the_app_is_noted(ours: Side) -> None:
    there = connection.settings_dict
    last = last_noted()
    statements = (
        f"SET SESSION AUTHORIZATION advisory_login; SET ROLE advisory_app; "
        f"SET app.units = '{{{ours.unit.pk}}}'; UPDATE support_service SET name_en = 'psql';"
    )
    subprocess.run(
        [program("psql", POSTGRES_PROGRAMS), "-v", "ON_ERROR_STOP=1", "-h", there["HOST"],
         "-p", str(there["PORT"]), "-U", there["USER"], "-d", there["NAME"], "-c", statements],
        check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "PGPASSWORD": there["PASSWORD"] or "-"},
    )  # fmt: skip
    [(operation, role, _keys)] = noted_since(last, "support_service")
    assert (operation, role) == ("UPDATE", "advisory_app")


def test_c4_people_are_noted_by_key_and_never_by_content(ours: Side) -> None:
    last = last_noted()
    with signed_in_to_postgres(), speaking_as(ours.context()):
        run("UPDATE people_person SET given_name = 'Kanarinotert'")
    [noted] = rows(
        "SELECT keys, user_id, audit_change::text FROM audit_change WHERE id > %s", [last]
    )
    assert noted[:2] == ([str(ours.case.person_id)], ours.user.pk)
    assert "Kanarinotert" not in noted[2]


def test_c4_nobody_writes_notes_of_their_own(ours: Side, refused: Callable[[str], bool]) -> None:
    for context in (app_in(ours), WORKER, None):
        with speaking(context):
            assert refused("SELECT * FROM audit_change")
            assert refused("INSERT INTO audit_change (\"table\") VALUES ('x')")


# --- C6 -----------------------------------------------------------------------------------------

LOG = {"audit_event": "hash", "audit_eventperson": "person", "audit_change": "keys"}
RAISED = "P0001"
CHANGES = [
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
]


@pytest.mark.parametrize("table", LOG)
@pytest.mark.parametrize("who", ["app", "worker", "login"])
def test_c6_nobody_who_writes_can_change_the_log(
    table: str, who: str, ours: Side, refused: Callable[[str], bool]
) -> None:
    contexts: dict[str, Context | None] = {"app": ours.context(), "worker": WORKER, "login": None}
    with speaking(contexts[who]):
        statements = [sql.format(table=table, column=LOG[table]) for sql in CHANGES]
        assert [sql for sql in statements if not refused(sql)] == []


# A seal for a month long ago, over every event of today.
SEAL = """INSERT INTO audit_seal (id, unit, month, first_sequence, last_sequence, first_previous_hash,
    last_hash, count, sealed_at)
    SELECT gen_random_uuid(), unit, '2020-01-01', 1, sequence, '', hash, sequence, now()
    FROM audit_head WHERE unit = '{unit}'"""
DROP = "SELECT audit_drop_sealed_month(id, gen_random_uuid()) FROM audit_seal WHERE unit = '{unit}'"


@pytest.mark.parametrize("who", ["app", "worker", "keeper", "login"])
def test_c6_nobody_but_the_auditor_makes_a_seal(
    who: str, ours: Side, refused: Callable[[str], bool]
) -> None:
    contexts = {"app": ours.context(), "worker": WORKER, "keeper": KEEPER, "login": None}
    with speaking(contexts[who]):
        assert refused(SEAL.format(unit=ours.unit.pk))
        assert refused("UPDATE audit_seal SET month = '2020-01-01'")


@pytest.mark.parametrize("month", ["2020-01-01", "2030-01-01"])
def test_c6_a_made_up_seal_opens_no_door(month: str, ours: Side) -> None:
    """Whoever made it, and whatever month it names: the events in it are of today."""
    run(SEAL.format(unit=ours.unit.pk).replace("2020-01-01", month))
    with speaking(ours.context()):
        assert sqlstate_of(DROP.format(unit=ours.unit.pk)) == RAISED


def test_c6_a_chain_never_loses_its_head(ours: Side, refused: Callable[[str], bool]) -> None:
    for context in (ours.context(), WORKER):
        with speaking(context):
            assert refused("DELETE FROM audit_head")
            assert refused("TRUNCATE audit_head")
