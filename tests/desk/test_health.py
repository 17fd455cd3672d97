"""What the addresses for monitoring tell: which part is ill, and nothing else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.casework.models import Case
from cases.desk import health
from cases.desk.views import health as health_pages
from cases.letters.reference import load_texts
from cases.reminders.health import JOBS, beat
from cases.reminders.models import Message
from cases.reminders.planning import plan_reminders
from cases.reminders.reference import load_rules
from cases.units.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def beating() -> None:
    """Beat and worker have come round just now."""
    for job in JOBS:
        beat(job, timezone.now())


def parts(client: Client) -> dict[str, bool]:
    answer = client.get("/readyz").json()
    assert set(answer) == {"ready", "parts", "alarms"}
    return {name: bool(is_well) for name, is_well in answer["parts"].items()}


def test_the_process_answers_without_signing_in(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.usefixtures("beating")
def test_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "parts": {
            "database": True,
            "migrations": True,
            "jobs": True,
            "messages": True,
            "erasures": True,
        },
        "alarms": [],
    }


def test_jobs_that_never_ran_are_ill(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["jobs"] is False


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize(("minutes", "is_well"), [(9, True), (10, False)])
@pytest.mark.usefixtures("beating")
def test_a_job_is_ill_after_ten_minutes(
    client: Client, job: str, minutes: int, is_well: bool
) -> None:
    beat(job, timezone.now() - timedelta(minutes=minutes))
    assert parts(client)["jobs"] is is_well


@pytest.mark.usefixtures("beating")
@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 503)])
def test_a_message_that_waits_too_long_is_told_without_a_word_of_it(
    client: Client, case: Case, adviser: User, minutes: int, status: int
) -> None:
    message = due_message(case, adviser, waited=timedelta(minutes=minutes))
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["parts"]["messages"] is (status == 200)
    for word in (str(message.pk), case.number, case.person.family_name):
        assert word not in answer.content.decode()


def due_message(case: Case, adviser: User, waited: timedelta) -> Message:
    load_texts()
    load_rules()
    now = timezone.now()
    Appointment.objects.create(
        unit=case.unit, case=case, adviser=adviser, place=Place.objects.first(),
        starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=1),
        local_start="", booked_at=now - timedelta(days=30), booked_by=adviser,
    )  # fmt: skip
    plan_reminders(now)
    Message.objects.exclude(kind="day_before").delete()
    Message.objects.update(try_at=now - waited)
    return Message.objects.get()


@pytest.mark.usefixtures("beating")
def test_waiting_migrations_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations_waiting", lambda: True)
    assert client.get("/readyz").status_code == 503
    assert parts(client)["migrations"] is False


def test_a_dead_database_is_told_without_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(now: object) -> None:
        raise DatabaseError("connection to server at 192.0.2.7 failed for user advisory")

    monkeypatch.setattr(health_pages, "readiness", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"database": False}}
