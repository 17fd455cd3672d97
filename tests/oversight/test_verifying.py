"""C5: what was done to the log is found within a day, and /readyz says so until it is mended."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from cases.audit import verdict, verify
from cases.audit.anchors import write_anchor
from cases.audit.models import Event
from cases.oversight import verifying
from cases.oversight.tasks import verify_audit
from cases.reminders.models import Heartbeat
from cases.units.models import Unit
from tests.audit import tampering

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed_now(clock: time_machine.Traveller) -> None:
    """The tables of the tests were made at another time than the one that stands still here."""
    MigrationRecorder.Migration.objects.update(applied=timezone.now())


@pytest.fixture
def anchored(unit: Unit, tmp_path: Path, settings: Any) -> Unit:
    settings.AUDIT_ANCHORS = tmp_path / "anchors"
    tampering.write_events(unit.pk, 5)
    write_anchor(timezone.now())
    return unit


def alarms(client: Client) -> list[str]:
    answer = client.get("/readyz").json()["alarms"]
    assert isinstance(answer, list)
    return answer


def test_c5_a_changed_event_is_told_by_readyz_within_a_day(
    anchored: Unit, client: Client, clock: time_machine.Traveller
) -> None:
    verify_audit()
    assert alarms(client) == []
    with tampering.as_superuser():
        tampering.change(anchored.pk)
    clock.shift(timedelta(hours=22, minutes=59))
    verify_audit()
    assert alarms(client) == []  # not asked yet
    clock.shift(timedelta(minutes=10))
    write_anchor(timezone.now())
    verify_audit()
    assert alarms(client) == ["audit_broken"]


def test_c5_beat_asks_for_it(settings: Any) -> None:
    scheduled = {one["task"]: one["schedule"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    longest = timedelta(seconds=scheduled[verify_audit.name]) + verifying.EVERY
    assert longest <= timedelta(hours=24)


def test_c5_a_cut_tail_is_told_by_the_anchors(anchored: Unit, client: Client) -> None:
    with tampering.as_superuser():
        tampering.cut_the_tail(anchored.pk)
    verify_audit()
    assert alarms(client) == ["audit_broken"]


def test_c5_the_alarm_ends_within_an_hour_of_the_answer(
    anchored: Unit, client: Client, clock: time_machine.Traveller
) -> None:
    action = Event.objects.get(unit=anchored.pk, sequence=2).action
    with tampering.as_superuser():
        tampering.change(anchored.pk)
        verify_audit()
        Event.objects.filter(unit=anchored.pk, sequence=2).update(action=action)
    clock.shift(timedelta(minutes=59))
    verify_audit()
    assert alarms(client) == ["audit_broken"]
    clock.shift(timedelta(minutes=1))
    verify_audit()
    assert alarms(client) == []


def test_c5_silence_is_told_too(
    anchored: Unit, client: Client, clock: time_machine.Traveller
) -> None:
    verify_audit()
    clock.shift(timedelta(hours=36))
    assert alarms(client) == []
    clock.shift(timedelta(seconds=1))
    assert alarms(client) == ["audit_not_verified"]


def test_a_fresh_installation_is_given_its_first_day(
    client: Client, clock: time_machine.Traveller
) -> None:
    assert not Heartbeat.objects.exists()
    assert alarms(client) == []
    clock.shift(timedelta(hours=37))
    assert alarms(client) == ["audit_not_verified"]


def test_c5_anchors_that_are_gone_are_a_break(
    unit: Unit, tmp_path: Path, settings: Any, client: Client, clock: time_machine.Traveller
) -> None:
    settings.AUDIT_ANCHORS = tmp_path / "nowhere"
    tampering.write_events(unit.pk, 5)
    verify_audit()
    assert alarms(client) == []  # written within a day: the first anchor may be to come
    clock.shift(timedelta(hours=25))
    verify_audit()
    assert alarms(client) == ["audit_broken"]


def test_c5_anchors_that_can_not_be_read_leave_no_good_news(
    anchored: Unit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(place: Path) -> None:
        raise OSError(place)

    monkeypatch.setattr(verdict, "verify_with", refuse)
    with pytest.raises(OSError, match="anchors"):
        verify_audit()
    assert not Heartbeat.objects.exists()


def test_c5_a_log_that_grows_meanwhile_is_not_broken(
    anchored: Unit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody works between the walk and the look at its end."""
    check = verify._check_the_end

    def work_goes_on(chain: verify.Chain) -> None:
        if chain.unit == anchored.pk:
            tampering.write_events(anchored.pk, 1)
        check(chain)

    monkeypatch.setattr(verify, "_check_the_end", work_goes_on)
    verify_audit()
    assert alarms(client) == []
    call_command("verify_audit")  # exits with 1 when something is broken
