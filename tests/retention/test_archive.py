"""The archive package: made by the job, left once, and deletion waits for "archived"."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone, translation

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.actions import decide_on_find
from cases.casework.models import Case, PoliceOrder
from cases.core.identity_numbers import read_identity_number, synthetic_number
from cases.letters.reference import load_texts
from cases.oversight.words import OPENING
from cases.people.actions import PersonDetails, correct_identity_number, correct_person
from cases.people.models import Person
from cases.retention.actions import (
    NotDownloaded,
    NotMade,
    NotToArchive,
    ask_for_package,
    download_package,
    hold_case,
    mark_archived,
)
from cases.retention.due import due_now
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import ArchivePackage, RetentionRule
from cases.retention.packages import make_packages
from cases.units.models import Unit
from tests import factories
from tests.retention import world
from tests.retention.conftest import LONG_AGO, CloseCase, Confirmed, close

CANARY = "Kanariarkiv"
TODAY = timezone.localdate


@pytest.fixture
def rule(rule: RetentionRule) -> RetentionRule:
    rule.archive_first = True
    rule.save()
    return rule


@pytest.fixture
def whole(law: None, adviser: User, colleague: User, rule: RetentionRule) -> Case:
    load_texts()
    case = world.whole_case(adviser, colleague, CANARY)
    ArchivePackage.objects.all().delete()
    return close(case, TODAY() - LONG_AGO)


def made(case: Case, by: User) -> ArchivePackage:
    ask_for_package(case=case, by=by)
    assert make_packages() == 1
    return ArchivePackage.objects.get(case=case)


def archive(case: Case, by: User) -> None:
    package = made(case, by)
    download_package(package=package, by=by)
    mark_archived(package=package, archived_on=TODAY(), reference="2026/17", by=by)


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_deletion_waits_until_it_is_archived(
    unit: Unit, whole: Case, leader: User, confirmed: Confirmed
) -> None:
    assert due_now(unit, TODAY()).ready == ()
    assert [one.case for one in due_now(unit, TODAY()).to_archive] == [whole.pk]
    package = made(whole, leader)
    with pytest.raises(NotDownloaded):
        mark_archived(package=package, archived_on=TODAY(), reference="2026/17", by=leader)
    download_package(package=package, by=leader)
    mark_archived(package=package, archived_on=TODAY(), reference="2026/17", by=leader)
    assert [one.case for one in due_now(unit, TODAY()).ready] == [whole.pk]
    confirmed()
    assert carry_out_confirmed() == 1
    assert not ArchivePackage.objects.exists()


def test_the_package_can_be_read_and_checked(whole: Case, leader: User) -> None:
    files = unzipped(download_package(package=made(whole, leader), by=leader))
    assert set(files) == {
        "manifest.json", "case.json", "referral.html", "letter-001.html", "answer-001.html",
        "answer-002.html",
    }  # fmt: skip
    manifest = json.loads(files["manifest.json"])
    assert manifest["case_number"] == whole.number
    for entry in manifest["files"]:
        data = files[entry["name"]]
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert {entry["name"] for entry in manifest["files"]} == set(files) - {"manifest.json"}
    facts = json.loads(files["case.json"])
    assert facts["person"]["family_name"] == CANARY
    assert len(facts["person"]["identity_numbers"][0]) == 11
    assert CANARY in files["letter-001.html"].decode()
    assert all(b"<script" not in data and b"http" not in data for data in files.values())


def test_a_police_order_is_in_the_package_with_its_find_and_why_it_was_accepted(
    rule: RetentionRule, make_case: Callable[..., Case], adviser: User, leader: User
) -> None:
    """All of it is erased for good afterwards: what the archive gets is what there is."""
    case = make_case(basis="police_order", finds=[("cannabis", "25.5"), (None, None)])
    for decision, reason in (("ask_sender", "Spør om vekten"), ("accept", "Veid to ganger")):
        decide_on_find(case_id=case.pk, decision=decision, reason=reason, by=adviser)
    close(case, TODAY() - LONG_AGO)
    with translation.override("en"):
        files = unzipped(download_package(package=made(case, leader), by=leader))
    order = json.loads(files["case.json"])["referral"]["police_order"]
    assert order["found_at"] == "2026-11-02T20:15:00+00:00"
    assert (order["found_where"], order["ordered_how"]) == ("Testparken", "in_person")
    assert order["threshold_table"]
    cannabis, unknown = sorted(order["finds"], key=lambda find: find["substance"] is None)
    assert cannabis == {
        "substance": "cannabis", "amount": "25.5", "measured_in": "g", "use_only": False,
        "confiscated": True, "seizure_reference": "B-1", "threshold": cannabis["threshold"],
        "position": "above",
    }  # fmt: skip
    assert (unknown["substance"], unknown["position"]) == (None, "unknown")
    assert [
        (one["decision"], one["reason"], one["decided_by"]) for one in order["decisions"]
    ] == [
        ("ask_sender", "Spør om vekten", adviser.name), ("accept", "Veid to ganger", adviser.name),
    ]  # fmt: skip
    page = files["referral.html"].decode()
    assert case.unit.language == "nb"
    for words in (
        "Testparken", "2. november 2026", "25,5 g", "B-1", "Veid to ganger", "Spør om vekten",
        adviser.name, cannabis["threshold"], "skriftlig, overlevert",
    ):  # fmt: skip
        assert words in page, words


def test_a_referral_without_an_order_says_so_in_the_package(whole: Case, leader: User) -> None:
    PoliceOrder.objects.filter(referral=whole.referral).delete()
    files = unzipped(download_package(package=made(whole, leader), by=leader))
    assert json.loads(files["case.json"])["referral"]["police_order"] is None


def test_what_was_typed_is_inert_in_the_package(
    adviser: User, leader: User, closed_case: CloseCase
) -> None:
    case = closed_case(given_name="<script>alert(1)</script>", family_name="../../etc")
    files = unzipped(download_package(package=made(case, leader), by=leader))
    assert b"<script" not in files["referral.html"]
    assert all("/" not in name and ".." not in name for name in files)


def test_notes_and_help_are_not_in_the_package(whole: Case, leader: User) -> None:
    """Referral, letters and answers: what was noted and offered is no record of the archive."""
    files = unzipped(download_package(package=made(whole, leader), by=leader))
    assert all(b"Merknad" not in data and b"Tjeneste" not in data for data in files.values())


def test_it_is_sealed_while_it_waits_and_gone_after_the_download(whole: Case, leader: User) -> None:
    package = made(whole, leader)
    raw = ArchivePackage.objects.values_list("content", flat=True).get()
    assert len(raw) > 1000
    assert not bytes(raw).startswith(b"UEsD"), "that is PK in base64"
    download_package(package=package, by=leader)
    assert bytes(ArchivePackage.objects.values_list("content", flat=True).get()) == b""
    with pytest.raises(NotMade):
        download_package(package=package, by=leader)


def test_a_package_of_a_case_that_changed_does_not_count(
    unit: Unit, whole: Case, leader: User
) -> None:
    package = made(whole, leader)
    download_package(package=package, by=leader)
    Case.objects.filter(pk=whole.pk).update(version=F("version") + 1)
    with pytest.raises(NotDownloaded):
        mark_archived(package=package, archived_on=TODAY(), reference="2026/17", by=leader)
    Case.objects.filter(pk=whole.pk).update(version=F("version") - 1)
    mark_archived(package=package, archived_on=TODAY(), reference="2026/17", by=leader)
    Case.objects.filter(pk=whole.pk).update(version=F("version") + 1)
    assert due_now(unit, TODAY()).ready == ()


def test_a_package_is_no_way_round_the_glass(
    case: Case, closed_case: CloseCase, leader: User
) -> None:
    """Neither of an open case nor of one that was closed and is not due."""
    for other in (case, closed_case(closed_on=TODAY() - timedelta(days=30))):
        with pytest.raises(NotToArchive):
            ask_for_package(case=other, by=leader)
    assert not ArchivePackage.objects.exists()


def test_no_package_where_nothing_has_to_be_archived(
    closed_case: CloseCase, leader: User, rule: RetentionRule
) -> None:
    case = closed_case()
    rule.archive_first = False
    rule.save()
    with pytest.raises(NotToArchive):
        ask_for_package(case=case, by=leader)


def test_a_package_waits_while_the_case_is_held_back(closed_case: CloseCase, leader: User) -> None:
    case = closed_case()
    package = made(case, leader)
    hold_case(case=case, reason="complaint", until=None, by=leader)
    with pytest.raises(NotToArchive):
        download_package(package=package, by=leader)
    assert ArchivePackage.objects.get().content


def test_a13_packages_count_as_people_opened() -> None:
    assert "archive.downloaded" in OPENING


def test_a_package_that_can_not_be_made_keeps_no_other_one_waiting(
    closed_case: CloseCase, whole: Case, leader: User, client_of: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The leader is told, and may ask again."""
    broken = closed_case()
    for case in (broken, whole):
        ask_for_package(case=case, by=leader)

    def facts(case: Case) -> dict[str, Any]:
        return {"broken": object()} if case == broken else {}

    with monkeypatch.context() as patched:
        patched.setattr("cases.retention.packages._facts", facts)
        assert make_packages() == 1
        assert make_packages() == 0
    page = client_of(leader).get(f"/deletion/cases/{broken.pk}/archive/").content.decode()
    assert "failed to make the package" in page
    assert Event.objects.get(action="archive.failed").persons == [str(broken.person_id)]
    ask_for_package(case=broken, by=leader)
    assert make_packages() == 1


def test_a_correction_after_the_archive_asks_for_a_new_package(
    unit: Unit, whole: Case, leader: User
) -> None:
    """What the archive has names somebody else: the case is not deleted on the strength of it."""
    archive(whole, leader)
    assert [one.case for one in due_now(unit, TODAY()).ready] == [whole.pk]
    person = Person.objects.get(pk=whole.person_id)
    known = PersonDetails(
        **{field.name: getattr(person, field.name) for field in fields(PersonDetails)}
    )
    correct_person(person=person, details=replace(known, given_name="Kari"), by=leader)
    assert [one.case for one in due_now(unit, TODAY()).to_archive] == [whole.pk]
    archive(whole, leader)
    number = read_identity_number(synthetic_number(factories.BIRTH_DATE, 555))
    correct_identity_number(person=person, number=number, reason="wrong", by=leader)
    assert [one.case for one in due_now(unit, TODAY()).to_archive] == [whole.pk]


def test_f3_it_leaves_as_an_attachment_and_the_log_knows_first(
    whole: Case, leader: User, client_of: Callable[[User], Client]
) -> None:
    made(whole, leader)
    client = client_of(leader)
    path = f"/deletion/cases/{whole.pk}/archive/package/"
    assert client.get(path).status_code == 302, "looked at in advance, it takes nothing"
    answer = client.post(path)
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="archive-{whole.year}-{whole.serial}.zip"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    event = Event.objects.get(action="archive.downloaded")
    assert event.persons == [str(whole.person_id)]
    assert client.post(path).status_code == 302


@pytest.mark.parametrize("action", ["ask", "make", "download", "archive"])
def test_c2_no_audit_no_package(
    closed_case: CloseCase, leader: User, request: pytest.FixtureRequest, action: str
) -> None:
    case = closed_case()
    package = made(case, leader) if action in ("download", "archive") else None
    if action == "archive":
        download_package(package=package, by=leader)
    if action == "make":
        ask_for_package(case=case, by=leader)
    acts: dict[str, Callable[[], object]] = {
        "ask": lambda: ask_for_package(case=case, by=leader),
        "make": make_packages,
        "download": lambda: download_package(package=package, by=leader),
        "archive": lambda: mark_archived(
            package=package, archived_on=TODAY(), reference="1", by=leader
        ),
    }
    before = list(ArchivePackage.objects.values())
    broken: type[Exception] = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        acts[action]()
    assert list(ArchivePackage.objects.values()) == before
    assert Person.objects.exists()
