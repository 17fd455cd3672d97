"""The job that makes files: claimed by one worker, given up after three, destroyed in time."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.casework.models import Case
from cases.privacy import sweeping
from cases.privacy.actions import hand_out_report, register_access_request
from cases.privacy.models import AccessRequest, FileState, PersonExport
from cases.privacy.sealed_files import NoFile
from cases.privacy.sweeping import LEASE, destroy_old, sweep
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(led_case: Case, leader: User, monkeypatch: pytest.MonkeyPatch) -> AccessRequest:
    monkeypatch.setattr(sweeping, "zip_of", lambda report: b"PK content")
    return register_access_request(
        case=led_case, asked_on=timezone.localdate(), language="en", with_names=False, by=leader
    )


def state_of(request: AccessRequest) -> str:
    return AccessRequest.objects.values_list("file_state", flat=True).get(pk=request.pk)


def test_the_nudge_makes_what_waits_and_a_second_one_nothing(waiting: AccessRequest) -> None:
    assert sweep() == 1
    assert sweep() == 0
    assert Event.objects.filter(action="access_report.made").count() == 1
    assert Event.objects.get(action="access_report.made").client == "job"


def test_what_a_dead_worker_left_is_made_by_the_next(waiting: AccessRequest) -> None:
    now = timezone.now()
    AccessRequest.objects.update(file_state="making", attempt=1, lease_until=now - LEASE)
    assert sweep(now) == 1


def test_what_a_living_worker_has_is_left_alone(waiting: AccessRequest) -> None:
    now = timezone.now()
    AccessRequest.objects.update(file_state="making", attempt=1, lease_until=now + LEASE)
    assert sweep(now) == 0


def test_a_worker_that_was_overtaken_writes_nothing(
    waiting: AccessRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(report: object) -> bytes:
        AccessRequest.objects.update(attempt=2)  # somebody else has the lease now
        return b"PK late"

    monkeypatch.setattr(sweeping, "zip_of", slow)
    assert sweep() == 0
    assert state_of(waiting) == FileState.MAKING


def test_a_row_that_kills_its_worker_is_given_up(waiting: AccessRequest) -> None:
    now = timezone.now()
    AccessRequest.objects.update(file_state="making", attempt=3, lease_until=now - LEASE)
    assert sweep(now) == 0
    assert state_of(waiting) == FileState.FAILED


def test_a_fault_is_told_without_content(
    waiting: AccessRequest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(report: object) -> bytes:
        raise ValueError("Kanarifuru")

    monkeypatch.setattr(sweeping, "zip_of", broken)
    assert sweep() == 0
    assert state_of(waiting) == FileState.FAILED
    assert "ValueError" in caplog.text
    assert "Kanarifuru" not in caplog.text


def test_no_audit_no_file(waiting: AccessRequest, broken_audit: type[Exception]) -> None:
    with pytest.raises(broken_audit):
        sweep()
    assert state_of(waiting) == FileState.MAKING or state_of(waiting) == FileState.WAITING
    assert AccessRequest.objects.get().file == ""


def test_the_file_is_deleted_after_thirty_days_and_not_before(
    waiting: AccessRequest, leader: User
) -> None:
    now = timezone.now()
    sweep(now)
    destroy_old(now + timedelta(days=29, hours=23))
    assert hand_out_report(request_id=waiting.pk, by=leader) == b"PK content"
    destroy_old(now + timedelta(days=30))
    assert state_of(waiting) == FileState.DESTROYED
    assert AccessRequest.objects.get().file == ""
    with pytest.raises(NoFile):
        hand_out_report(request_id=waiting.pk, by=leader)
    assert Event.objects.filter(action="access_report.destroyed").count() == 1


def test_a_report_whose_time_is_up_stays_when_no_job_runs(
    waiting: AccessRequest, leader: User
) -> None:
    now = timezone.now()
    sweep(now)
    with time_machine.travel(now + timedelta(days=30), tick=False), pytest.raises(NoFile):
        hand_out_report(request_id=waiting.pk, by=leader)


def test_one_file_that_can_not_be_destroyed_keeps_no_other(
    waiting: AccessRequest, unit: Unit, leader: User, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    sweep(now)
    second = factories.make_user("second", unit, Role.LEADER)
    for wrapped_key in (b"\x03key that nobody has", None):
        export = PersonExport.objects.create(
            unit=unit, scope="all", purpose="x", case_count=1, requested_at=now,
            requested_by=leader, approved_at=now, approved_by=second,
            file="UEs=", file_state=FileState.READY, delete_at=now,
        )  # fmt: skip
        if wrapped_key:
            PersonExport.objects.filter(pk=export.pk).update(wrapped_key=wrapped_key)
    destroy_old(now + timedelta(days=30))
    assert state_of(waiting) == FileState.DESTROYED
    states = PersonExport.objects.order_by("file_state").values_list("file_state", flat=True)
    assert list(states) == [FileState.DESTROYED, FileState.READY]
    assert "CannotOpen" in caplog.text


def test_the_download_is_in_the_log_or_nothing_leaves(
    waiting: AccessRequest, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep()
    hand_out_report(request_id=waiting.pk, by=leader)
    event = Event.objects.get(action="access_report.downloaded")
    assert event.persons == [str(waiting.person_id)]
    assert event.actor == leader.pk
