"""B8: the policy is found by the index: what it lets through is looked up, not sieved out."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.appointments.models import Appointment
from cases.casework.models import Case, Referral, Task
from cases.core.database import policies
from cases.desk.sample.load import load_sample
from cases.people.models import Person
from cases.units.models import Place, Unit
from tests.postgres.conftest import rows, run, speaking

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

COPIES = 80
# Parents first. What a copy has of its own; everything else stays as it is.
COPIED: dict[type[Model], tuple[str, ...]] = {
    Unit: ("id",),
    Place: ("id", "unit_id"),
    Person: ("id", "unit_id"),
    Referral: ("id", "unit_id", "person_id"),
    Case: ("id", "unit_id", "person_id", "referral_id"),
    Task: ("id", "unit_id", "case_id", "about"),
    Appointment: ("id", "unit_id", "case_id", "place_id"),
}
HEAVY = ("people_person", "casework_case", "casework_task", "appointments_appointment")
LISTS = ["/", "/cases/", "/cases/?scope=unit", "/cases/?scope=unit&state=to_be_summoned"]
ABOUT_HEAVY = re.compile(r'FROM "(casework_case|casework_task|appointments_appointment)"')
BY_UNIT = re.compile(r"Index Cond: .*\bunit_id = ANY")


@pytest.fixture
def leader_among_many() -> User:
    """Who leads one unit of hundreds: with so many, PostgreSQL chooses for itself."""
    now = timezone.now()
    load_sample(units=3, cases=120, seed=1, now=now)
    Task.objects.bulk_create(
        Task(
            unit_id=unit, case_id=case, kind="call_person", about=uuid4(), reason="too_late",
            created_at=now, due_at=now,
        )
        for case, unit in Case.objects.values_list("pk", "unit")
    )  # fmt: skip
    run("SET LOCAL session_replication_role = replica")  # copies of what was checked once
    for model, own in COPIED.items():
        _copy(model, own)
    run("SET LOCAL session_replication_role = origin")
    run("ANALYZE")
    leader = User.objects.filter(memberships__role=Role.LEADER).order_by("email").first()
    assert leader is not None
    return leader


def _copy(model: type[Model], own: tuple[str, ...]) -> None:
    """Each row eighty times over, in units of their own."""
    table, columns = model._meta.db_table, [one.column for one in model._meta.concrete_fields]
    unique = {"code", "name"} if model is Unit else set()
    values = [
        f'md5("{column}"::text || n)::uuid' if column in own
        else f"left(md5(\"{column}\" || '-' || n), 6)" if column in unique
        else f'"{column}"'
        for column in columns
    ]  # fmt: skip
    named = ", ".join(f'"{column}"' for column in columns)
    run(
        f'INSERT INTO "{table}" ({named}) SELECT {", ".join(values)} '
        f'FROM "{table}", generate_series(1, {COPIES}) AS n'
    )


def plan_of(sql: str) -> str:
    return "\n".join(row[0] for row in rows(f"EXPLAIN {sql}"))


def scans_a_heavy_table(plan: str) -> bool:
    return any(f"Seq Scan on {table}" in plan for table in HEAVY)


def test_b8_no_policy_has_a_way_round_that_costs_the_index() -> None:
    quals = [row[0] for row in rows("SELECT qual || coalesce(with_check, '') FROM pg_policies")]
    assert [qual for qual in quals if qual and re.search(r"\bor\b", qual, re.I)] == []


def test_b8_the_lists_still_use_the_index(
    leader_among_many: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(leader_among_many)
    with CaptureQueriesContext(connection) as captured:
        for path in LISTS:
            assert client.get(path).status_code == 200, path
        assert client.post("/search/", {"words": "test"}).status_code == 200
    heavy = {
        q["sql"] for q in captured if q["sql"].startswith("SELECT") and ABOUT_HEAVY.search(q["sql"])
    }
    assert len(heavy) >= 10
    with speaking(leader_among_many.database_context()):
        for sql in heavy:
            plan = plan_of(sql)
            assert not scans_a_heavy_table(plan), f"{sql}\n{plan}"


def test_b8_the_policy_alone_is_looked_up(leader_among_many: User) -> None:
    """No `visible_to`: nothing in the query narrows, and the index of the unit is used."""
    context = leader_among_many.database_context()
    for table in HEAVY:
        everything = f'SELECT id FROM "{table}"'
        with speaking(context):
            assert BY_UNIT.search(plan_of(everything)), plan_of(everything)
        for way_round in (
            f"unit_id::text = ANY ({policies.UNITS}::text[])",
            f"unit_id = ANY ({policies.UNITS}) OR current_setting('app.all', true) = 'yes'",
        ):
            run(f'ALTER POLICY own_units ON "{table}" USING ({way_round})')
            with speaking(context):
                assert scans_a_heavy_table(plan_of(everything)), "such a policy would be seen"
