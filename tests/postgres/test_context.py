"""B4: a context begins and ends with its transaction; F10: and limits how long things take."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from advisory import celery_app
from cases.accounts.models import User
from cases.audit.middleware import RecordedRequestMiddleware
from cases.audit.record import record, recorded
from cases.core.database import context as database_context
from cases.core.database.context import (
    FIGURES,
    NOBODY,
    WORKER,
    acting_as,
    current_context,
    enter_units,
    in_units,
    limits_of,
)
from cases.core.database.roles import JOBS
from cases.people.models import Person
from cases.reminders.models import Message
from cases.reminders.tasks import plan_reminders, send_reminders
from tests.postgres.conftest import Side, make_side, rows, signed_in_to_postgres

pytestmark = pytest.mark.postgres

NOTHING = ("", "", "none")
SETTINGS = (
    "SELECT coalesce(current_setting('app.units', true), ''), "
    "coalesce(current_setting('app.user_id', true), ''), current_setting('role')"
)


def left_behind() -> tuple[str, ...]:
    return rows(SETTINGS)[0]


def interleave(sides: list[Side], requests: int, connections: int = 2) -> list[str]:
    """Requests from all sides in turn over this many connections; what was wrong."""
    wrong: list[str] = []

    def work(offset: int) -> None:
        clients = {side.canary: Client() for side in sides}
        try:
            for side in sides:
                clients[side.canary].force_login(side.user)
            order = islice(cycle(sides), offset, offset + requests // connections)
            for number, side in enumerate(order):
                body = clients[side.canary].get("/cases/?scope=unit").content.decode()
                seen = {other.canary for other in sides if other.canary in body}
                if seen != {side.canary}:
                    wrong.append(f"{number}: {side.canary} saw {seen}")
                if left_behind() != NOTHING:
                    wrong.append(f"{number}: left {left_behind()}")
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.django_db(transaction=True)
def test_b4_requests_of_three_units_never_mix(ours: Side, theirs: Side) -> None:
    """The short one; tests/long runs two thousand."""
    assert interleave([ours, theirs, make_side("Bjerk")], requests=60) == []


@pytest.mark.django_db(transaction=True)
def test_b4_nothing_is_left_after_an_exception(ours: Side) -> None:
    with pytest.raises(ZeroDivisionError), recorded(context=ours.context()):
        assert left_behind()[2] == "advisory_app"
        _ = 1 / 0
    assert left_behind() == NOTHING
    with pytest.raises(DatabaseError), recorded(context=WORKER):
        rows("SELECT * FROM casework_note")
    assert left_behind() == NOTHING


@pytest.mark.django_db(transaction=True)
def test_b4_a_stream_runs_without_the_context_of_its_request(ours: Side) -> None:
    seen = []

    def body() -> Iterator[bytes]:
        # Past Django's cursor, which refuses every question of a stream.
        seen.append(connection.connection.execute(SETTINGS).fetchone())
        yield b"x"

    def view(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        assert left_behind()[2] == "advisory_app"
        record("file.downloaded", by=ours.user, unit=ours.unit.pk)
        return StreamingHttpResponse(body())

    request = RequestFactory().get("/cases/")
    request.user = ours.user
    request.resolver_match = None
    response = RecordedRequestMiddleware(view)(request)  # type: ignore[arg-type]
    assert b"".join(response) == b"x"
    assert seen == [NOTHING]


@pytest.mark.django_db(transaction=True)
def test_b4_tasks_and_commands_run_as_the_worker_and_leave_nothing(ours: Side) -> None:
    """Signed in as in production, where the role that signs in sees nobody."""
    with signed_in_to_postgres(JOBS):
        plan_reminders()
        assert left_behind() == NOTHING
        send_reminders()
        assert left_behind() == NOTHING
        later = timezone.now() + timedelta(days=6, hours=12)
        call_command("plan_reminders", now=later)
        call_command("send_reminders", now=later)
        assert left_behind() == NOTHING
    assert Message.objects.exists()
    noted = rows("SELECT DISTINCT role FROM audit_change WHERE \"table\" = 'reminders_message'")
    assert noted == [("advisory_worker",)]


@pytest.mark.django_db(transaction=True)
def test_b4_every_job_of_beat_runs_with_the_rights_it_has(
    ours: Side, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_ANCHORS = tmp_path
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")
    celery_app.loader.import_default_modules()
    with signed_in_to_postgres(JOBS):
        for nudge in settings.CELERY_BEAT_SCHEDULE.values():
            celery_app.tasks[nudge["task"]]()
            assert left_behind() == NOTHING, nudge["task"]
        call_command("verify_audit", stdout=StringIO())
        call_command("retention", dry_run=True, stdout=StringIO())
        call_command("retention", confirm=True, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_b4_readiness_is_told_without_a_user(ours: Side, client: Client) -> None:
    parts = client.get("/readyz").json()["parts"]
    assert parts["database"]
    assert parts["migrations"]


@pytest.mark.django_db
def test_b4_inside_another_transaction_the_settings_from_before_come_back(ours: Side) -> None:
    before = left_behind()
    with recorded(context=ours.context()):
        assert left_behind() == (f"{{{ours.unit.pk}}}", str(ours.user.pk), "advisory_app")
        assert {person.pk for person in Person.objects.all()} == {ours.case.person_id}
        with acting_as(FIGURES):
            assert left_behind()[2] == "advisory_figures"
        assert left_behind()[2] == "advisory_app"
    assert left_behind() == before
    assert current_context() is None


@pytest.mark.django_db
def test_b4_a_part_that_fails_gives_the_role_back(ours: Side) -> None:
    with recorded(context=ours.context()):
        with pytest.raises(ZeroDivisionError), acting_as(FIGURES):
            _ = 1 / 0
        assert left_behind()[2] == "advisory_app"
        assert Person.objects.count() == 1


@pytest.mark.django_db
def test_b4_units_found_on_the_way_are_added_and_end_with_the_transaction(
    ours: Side, theirs: Side
) -> None:
    before = left_behind()
    with recorded(context=NOBODY):
        assert Person.objects.count() == 0
        enter_units([ours.unit.pk])
        assert {person.unit_id for person in Person.objects.all()} == {ours.unit.pk}
    assert left_behind() == before
    with recorded(context=in_units(theirs.unit.pk)):
        assert {person.unit_id for person in Person.objects.all()} == {theirs.unit.pk}


@pytest.mark.django_db
def test_b4_without_a_context_nothing_is_switched(ours: Side) -> None:
    before = left_behind()
    with recorded(), acting_as(FIGURES):
        enter_units([ours.unit.pk])
        assert left_behind() == before


@pytest.mark.django_db
def test_b4_without_roles_nothing_is_switched(ours: Side, settings: Any) -> None:
    settings.DATABASE_ROLES = False
    before = left_behind()
    with recorded(context=ours.context()):
        assert left_behind() == before


@pytest.mark.django_db
def test_b4_a_right_taken_away_is_gone_with_the_next_request(
    ours: Side, client_of: Callable[[User], Client]
) -> None:
    client = client_of(ours.user)
    assert client.get(f"/cases/{ours.case.pk}/").status_code == 200
    ours.user.memberships.all().delete()
    assert client.get(f"/cases/{ours.case.pk}/").status_code in (403, 404)


# --- F10 ----------------------------------------------------------------------------------------

LIMITS = (
    "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), "
    "current_setting('idle_in_transaction_session_timeout')"
)


@pytest.mark.django_db
def test_f10_pages_and_jobs_have_limits(ours: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_context, "limits_of", limits_of)
    before = rows(LIMITS)
    with recorded(context=ours.context()):
        assert rows(LIMITS) == [("10s", "2s", "15s")]
    with recorded(context=WORKER):
        assert rows(LIMITS) == [("1min", "10s", "1min")]
    assert rows(LIMITS) == before


@pytest.mark.django_db
def test_f10_a_statement_that_takes_too_long_is_ended(ours: Side) -> None:
    with recorded(context=ours.context()):
        rows("SELECT set_config('statement_timeout', '50ms', true)")
        with pytest.raises(DatabaseError) as ended, transaction.atomic():
            rows("SELECT pg_sleep(5)")
    assert ended.value.__cause__.sqlstate == "57014"
