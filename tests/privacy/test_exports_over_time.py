"""An export takes a day from the asking to the download: who may be in it is asked at every step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit.models import Event
from cases.casework.models import Case, CaseQuerySet
from cases.people.actions import block
from cases.people.models import Person
from cases.privacy import sweeping
from cases.privacy.actions import (
    NotCurrent,
    approve_export,
    hand_out_export,
    request_export,
    restrict_processing,
)
from cases.privacy.exporting import ExportWish
from cases.privacy.models import ExportedCase, FileState, PersonExport, Problem
from cases.privacy.sealed_files import NoFile
from cases.privacy.tasks import make_files
from cases.retention.eraser import erase
from cases.units.models import Unit

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
WISH = ExportWish("all", None, None, "Moving to the new archive system")
Hide = Callable[[Person, User], object]


@pytest.fixture(params=["block", "protection", "restriction"])
def hide(request: Any, coordinator: User) -> Hide:
    """`hide(person, user)`: what may happen to somebody in the export while it is on its way."""

    def protect(person: Person, user: User) -> None:
        person.protection = "strictly"
        person.save()

    def restrict(person: Person, user: User) -> None:
        restrict_processing(person=person, reason="Being looked into", by=coordinator)

    def shut_out(person: Person, user: User) -> None:
        block(person=person, user=user, reason="Nabo", by=coordinator)

    ways: dict[str, Hide] = {"block": shut_out, "protection": protect, "restriction": restrict}
    return ways[request.param]


@pytest.fixture
def neighbour(make_case: Callable[..., Case]) -> Case:
    return make_case(given_name="Kanarinabo")


@pytest.fixture
def stranger(make_case: Callable[..., Case]) -> Case:
    return make_case(given_name="Kanariukjent")


@pytest.fixture
def export(neighbour: Case, stranger: Case, unit: Unit, leader: User) -> PersonExport:
    return request_export(unit=unit, wish=WISH, by=leader)


def fresh(export: PersonExport) -> PersonExport:
    return PersonExport.objects.get(pk=export.pk)


def left_out(export: PersonExport, neighbour: Case, leader: User) -> None:
    """The file holds the stranger alone, and says so."""
    assert fresh(export).case_count == 1
    assert neighbour.person_id not in Event.objects.get(action="export.made").persons
    content = hand_out_export(export_id=export.pk, by=leader)
    assert b"Kanariukjent" in content
    assert b"Kanarinabo" not in content
    assert str(neighbour.person_id) not in Event.objects.get(action="export.downloaded").persons


def test_a10_e5_a_change_before_the_approval_leaves_the_person_out(
    export: PersonExport, neighbour: Case, leader: User, municipal_administrator: User,
    hide: Hide,
) -> None:  # fmt: skip
    hide(neighbour.person, leader)
    approve_export(export_id=export.pk, by=municipal_administrator)
    make_files()
    left_out(export, neighbour, leader)


def test_a10_e5_a_change_after_the_approval_leaves_the_person_out(
    export: PersonExport, neighbour: Case, leader: User, municipal_administrator: User,
    hide: Hide,
) -> None:  # fmt: skip
    approve_export(export_id=export.pk, by=municipal_administrator)
    hide(neighbour.person, leader)
    make_files()
    left_out(export, neighbour, leader)


def while_it_is_made(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[bytes]:
    """Act when the neighbour has been read. What is sealed after that comes into the list."""
    read, seal, sealed = sweeping.export_csv, sweeping.sealed_text, []

    def read_and_act(cases: CaseQuerySet, language: str) -> bytes:
        content = read(cases, language)
        if b"Kanarinabo" in content:
            act()
        return content

    def note_and_seal(content: bytes) -> str:
        sealed.append(content)
        return seal(content)

    monkeypatch.setattr(sweeping, "export_csv", read_and_act)
    monkeypatch.setattr(sweeping, "sealed_text", note_and_seal)
    return sealed


def test_a10_e5_a_change_while_it_is_made_makes_it_anew(
    export: PersonExport, neighbour: Case, leader: User, municipal_administrator: User,
    hide: Hide, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Between the reading and the sealing no lock is held."""
    sealed = while_it_is_made(monkeypatch, lambda: hide(neighbour.person, leader))
    approve_export(export_id=export.pk, by=municipal_administrator)
    make_files()
    (content,) = sealed
    assert b"Kanarinabo" not in content
    left_out(export, neighbour, leader)


@pytest.fixture
def ready(export: PersonExport, municipal_administrator: User) -> PersonExport:
    approve_export(export_id=export.pk, by=municipal_administrator)
    make_files()
    assert fresh(export).is_ready
    return export


def test_a10_e5_a_change_before_the_download_destroys_the_file(
    ready: PersonExport, neighbour: Case, leader: User, hide: Hide
) -> None:
    hide(neighbour.person, leader)
    with pytest.raises(NotCurrent):
        hand_out_export(export_id=ready.pk, by=leader)
    after = fresh(ready)
    assert (after.file, after.file_state, after.downloaded_at) == ("", FileState.DESTROYED, None)
    assert after.problem == Problem.NOT_CURRENT
    assert not Event.objects.filter(action="export.downloaded").exists()
    assert str(neighbour.person_id) in Event.objects.get(action="export.destroyed").persons
    with pytest.raises(NoFile):
        hand_out_export(export_id=ready.pk, by=leader)


def test_a10_e5_the_page_says_why_and_what_to_do(
    ready: PersonExport, neighbour: Case, leader: User, client_of: ClientOf, hide: Hide
) -> None:
    hide(neighbour.person, leader)
    client = client_of(leader)
    answer = client.post(f"/exports/{ready.pk}/download/", follow=True)
    assert "Content-Disposition" not in answer.headers
    page = answer.content.decode()
    assert "Ask for a new export: it holds whoever may be in it today." in page
    assert "It is destroyed." in page
    assert 'href="/exports/new/"' in page
    assert neighbour.number not in page
    assert fresh(ready).file_state == FileState.DESTROYED, "the refusal did not take it back"


def test_j2_an_erasure_while_it_is_made_makes_it_anew(
    export: PersonExport, neighbour: Case, leader: User, municipal_administrator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sealed = while_it_is_made(monkeypatch, lambda: erase([neighbour.pk]))
    approve_export(export_id=export.pk, by=municipal_administrator)
    make_files()
    (content,) = sealed
    assert b"Kanarinabo" not in content
    assert b"Kanariukjent" in hand_out_export(export_id=export.pk, by=leader)


def test_j2_a_file_with_somebody_who_is_no_more_leaves_nobody(
    ready: PersonExport, neighbour: Case, leader: User
) -> None:
    """Whatever took the link away, and left the file."""
    ExportedCase.objects.filter(case=neighbour).delete()
    with pytest.raises(NotCurrent):
        hand_out_export(export_id=ready.pk, by=leader)
    assert fresh(ready).file == ""


@pytest.mark.parametrize("left", [True, False])
def test_whoever_asked_and_left_the_unit_or_leads_it_no_more_gets_nobody(
    export: PersonExport, leader: User, municipal_administrator: User, left: bool
) -> None:
    approve_export(export_id=export.pk, by=municipal_administrator)
    if left:
        leader.memberships.update(valid_to=timezone.localdate() - timedelta(days=1))
    else:
        leader.memberships.update(role=Role.ADVISER)
    make_files()
    after = fresh(export)
    assert (after.file, after.file_state, after.problem) == ("", FileState.FAILED, Problem.NOBODY)


def test_e5_the_second_person_sees_no_number_of_whom_they_may_not_see(
    export: PersonExport, neighbour: Case, stranger: Case, municipal_administrator: User,
    client_of: ClientOf, hide: Hide,
) -> None:  # fmt: skip
    hide(neighbour.person, municipal_administrator)
    page = client_of(municipal_administrator).get(f"/exports/{export.pk}/").content.decode()
    assert stranger.number in page
    assert neighbour.number not in page
    assert "1 case is not shown here" in page
    assert Event.objects.get(action="export.viewed").persons == [str(stranger.person_id)]
