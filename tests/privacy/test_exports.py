"""A10, F4: exports need two people, hold no protected person, leave once and are destroyed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.actions.members import reset_second_factor
from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.casework.models import Case
from cases.privacy import exporting
from cases.privacy.actions import (
    AlreadyDecided,
    NothingToExport,
    NotYours,
    OwnRequest,
    TooManyCases,
    approve_export,
    hand_out_export,
    refuse_export,
    request_export,
)
from cases.privacy.actions import exports as export_actions
from cases.privacy.exporting import ExportWish
from cases.privacy.models import ExportedCase, FileState, PersonExport
from cases.privacy.sealed_files import NoFile
from cases.privacy.sweeping import destroy_old, sweep
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
WISH = ExportWish("all", None, None, "Moving to the new archive system")


@pytest.fixture
def cases(make_case: Callable[..., Case], cleared: User) -> list[Case]:
    make_case(given_name="Kanarihemmelig", protection="strictly", assigned_to=None)
    return [make_case(given_name="Kanari"), make_case(given_name='=HYPERLINK("x")')]


@pytest.fixture
def export(cases: list[Case], unit: Unit, leader: User) -> PersonExport:
    return request_export(unit=unit, wish=WISH, by=leader)


@pytest.fixture
def ready(export: PersonExport, municipal_administrator: User) -> PersonExport:
    approve_export(export_id=export.pk, by=municipal_administrator)
    sweep()
    export.refresh_from_db()
    return export


def test_a10_nobody_approves_their_own(export: PersonExport, leader: User) -> None:
    with pytest.raises(OwnRequest):
        approve_export(export_id=export.pk, by=leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonExport.objects.filter(pk=export.pk).update(
            approved_at=timezone.now(), approved_by=leader, file_state="waiting"
        )
    assert sweep() == 0, "nothing is made that nobody has approved"


def test_a10_nobody_approves_whom_they_gave_their_way_in(
    export: PersonExport, leader: User, unit: Unit, municipal_administrator: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    reset_second_factor(user=leader, unit=unit, by=municipal_administrator)
    address = reverse("privacy:approve_export", args=[export.pk])
    answer = client_of(municipal_administrator).post(address, follow=True)
    assert "One of you gave the other their way in" in answer.content.decode()
    export.refresh_from_db()
    assert export.approved_at is None


def test_a10_an_adviser_approves_nothing(export: PersonExport, adviser: User) -> None:
    with pytest.raises(OwnRequest):
        approve_export(export_id=export.pk, by=adviser)


def test_a10_a_file_without_approval_is_refused_by_the_database(export: PersonExport) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonExport.objects.filter(pk=export.pk).update(file_state="waiting")


def test_a10_decided_once(export: PersonExport, municipal_administrator: User) -> None:
    refuse_export(export_id=export.pk, by=municipal_administrator)
    with pytest.raises(AlreadyDecided):
        approve_export(export_id=export.pk, by=municipal_administrator)


def test_the_export_holds_who_was_settled_and_nobody_protected(
    ready: PersonExport, leader: User, cases: list[Case]
) -> None:
    content = hand_out_export(export_id=ready.pk, by=leader).decode("utf-8-sig")
    assert ready.case_count == 2
    assert "Kanari" in content
    assert "Kanarihemmelig" not in content
    assert "\"'=HYPERLINK(" in content
    assert all(case.number in content for case in cases)


def test_who_becomes_protected_before_it_is_made_is_left_out(
    export: PersonExport, cases: list[Case], leader: User, municipal_administrator: User
) -> None:
    cases[0].person.protection = "strictly"
    cases[0].person.save()
    approve_export(export_id=export.pk, by=municipal_administrator)
    sweep()
    content = hand_out_export(export_id=export.pk, by=leader)
    assert cases[0].number.encode() not in content
    assert cases[1].number.encode() in content


def test_f4_the_export_leaves_once_and_every_person_is_in_the_log(
    ready: PersonExport, leader: User, cases: list[Case]
) -> None:
    hand_out_export(export_id=ready.pk, by=leader)
    event = Event.objects.get(action="export.downloaded")
    assert event.persons == sorted(str(case.person_id) for case in cases)
    with pytest.raises(NoFile):
        hand_out_export(export_id=ready.pk, by=leader)
    fresh = PersonExport.objects.get(pk=ready.pk)
    assert (fresh.file, fresh.file_state) == ("", FileState.DESTROYED)
    assert bytes(fresh.wrapped_key) != bytes(ready.wrapped_key), "the key goes with the file"
    assert fresh.purpose == WISH.purpose


def test_only_who_asked_downloads(ready: PersonExport, municipal_administrator: User) -> None:
    with pytest.raises(NotYours):
        hand_out_export(export_id=ready.pk, by=municipal_administrator)


def test_the_file_is_destroyed_after_a_day(ready: PersonExport, leader: User) -> None:
    assert ready.delete_at
    destroy_old(ready.delete_at - timedelta(seconds=1))
    assert PersonExport.objects.get().is_ready
    destroy_old(ready.delete_at)
    assert ready.delete_at - ready.made_at == timedelta(hours=24)
    with pytest.raises(NoFile):
        hand_out_export(export_id=ready.pk, by=leader)


def test_a_file_whose_time_is_up_stays_when_no_job_runs(
    ready: PersonExport, leader: User, client_of: ClientOf
) -> None:
    address = f"/exports/{ready.pk}/"
    assert f"{address}download/" in client_of(leader).get(address).content.decode()
    assert ready.delete_at
    with time_machine.travel(ready.delete_at, tick=False):
        with pytest.raises(NoFile):
            hand_out_export(export_id=ready.pk, by=leader)
        assert f"{address}download/" not in client_of(leader).get(address).content.decode()


def test_c9_whoever_is_exported_finds_every_step_in_their_log(
    ready: PersonExport, leader: User, cases: list[Case]
) -> None:
    hand_out_export(export_id=ready.pk, by=leader)
    for case in cases:
        events = Event.objects.about_person(case.person_id).filter(action__startswith="export.")
        assert set(events.values_list("action", flat=True)) == {
            "export.requested", "export.approved", "export.made", "export.downloaded",
            "export.destroyed",
        }  # fmt: skip


def test_f10_too_many_cases_are_refused(
    cases: list[Case], unit: Unit, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_actions, "MOST_CASES", 1)
    with pytest.raises(TooManyCases):
        request_export(unit=unit, wish=WISH, by=leader)
    assert not PersonExport.objects.exists()


def test_scope_and_period_choose_the_cases(cases: list[Case], unit: Unit, leader: User) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    for wish in (
        ExportWish("closed", None, None, "x"), ExportWish("all", tomorrow, None, "x"),
    ):  # fmt: skip
        with pytest.raises(NothingToExport):
            request_export(unit=unit, wish=wish, by=leader)
    assert exporting.fitting_cases(unit, ExportWish("open", None, None, "x"), leader).count() == 2


@pytest.mark.parametrize("step", ["request", "approve", "refuse", "download"])
def test_no_audit_no_export(
    step: str, cases: list[Case], unit: Unit, leader: User, municipal_administrator: User,
    broken_audit: type[Exception], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    now = timezone.now()
    export = PersonExport.objects.create(
        unit=unit, scope="all", purpose="x", case_count=1, requested_at=now, requested_by=leader,
        file_state="not_yet",
    )  # fmt: skip
    ExportedCase.objects.create(export=export, unit=unit, case=cases[0])
    if step == "download":
        export.approved_at, export.approved_by = now, municipal_administrator
        export.file, export.file_state = "UEs=", FileState.READY
        export.save()
    acts: dict[str, Callable[[], object]] = {
        "request": lambda: request_export(unit=unit, wish=WISH, by=leader),
        "approve": lambda: approve_export(export_id=export.pk, by=municipal_administrator),
        "refuse": lambda: refuse_export(export_id=export.pk, by=municipal_administrator),
        "download": lambda: hand_out_export(export_id=export.pk, by=leader),
    }
    before = PersonExport.objects.values().get()
    with pytest.raises(broken_audit):
        acts[step]()
    assert PersonExport.objects.values().get() == before


def test_the_second_person_sees_numbers_and_no_name(
    export: PersonExport, municipal_administrator: User, cases: list[Case], client_of: ClientOf
) -> None:
    client = client_of(municipal_administrator)
    page = client.get(f"/exports/{export.pk}/").content.decode()
    assert cases[0].number in page
    assert "Approve" in page
    assert "Kanari" not in page
    assert client.get("/exports/").status_code == 200
    assert client.get("/exports/new/").status_code == 403
    assert client.post(f"/exports/{export.pk}/approve/").status_code == 302
    assert client.post(f"/exports/{export.pk}/download/").status_code == 403


def test_the_leader_asks_and_downloads_on_the_pages(
    cases: list[Case], unit: Unit, leader: User, municipal_administrator: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    client = client_of(leader)
    typed = {"unit": str(unit.pk), "scope": "all", "opened_from": "", "opened_to": "",
             "purpose": WISH.purpose}  # fmt: skip
    assert client.post("/exports/new/", {**typed, "purpose": "no"}).status_code == 422
    address = client.post("/exports/new/", typed).headers["Location"]
    assert b"Somebody else must approve" in client.get(address).content
    assert client.post(f"{address}approve/").status_code == 403
    approve_export(export_id=PersonExport.objects.get().pk, by=municipal_administrator)
    sweep()
    answer = client.post(f"{address}download/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.post(f"{address}download/").status_code == 302


def test_a4_a_foreign_unit_is_no_choice(
    cases: list[Case], other_unit: Unit, leader: User, outsider: User, client_of: ClientOf
) -> None:
    typed = {"unit": str(other_unit.pk), "scope": "all", "purpose": WISH.purpose}
    assert client_of(leader).post("/exports/new/", typed).status_code == 422
    export = request_export(unit=cases[0].unit, wish=WISH, by=leader)
    assert client_of(outsider).get(f"/exports/{export.pk}/").status_code == 404


def test_a_colleague_leader_may_approve(export: PersonExport, unit: Unit) -> None:
    second = factories.make_user("second", unit, Role.LEADER)
    assert approve_export(export_id=export.pk, by=second).approved_by == second
