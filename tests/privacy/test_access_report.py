"""J4: the answer to an access request is complete, about one person only, and in their language."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone, translation
from pypdf import PdfReader

from cases.accounts.models import User
from cases.appointments.models import Booking
from cases.casework.models import Case, ThresholdDecision
from cases.core.pdf import PdfUnavailable
from cases.letters.models import Letter
from cases.letters.reference import load_texts
from cases.people.actions import ContactDetails, add_contact_point
from cases.people.models import ContactPoint, Correction
from cases.privacy import sweeping
from cases.privacy.actions import hand_out_report, register_access_request, restrict_processing
from cases.privacy.models import AccessRequest, FileState
from cases.privacy.report.bundle import gather
from cases.privacy.report.contents import sections_of
from cases.privacy.report.registry import label_of, paths, shown_fields
from cases.privacy.sweeping import sweep
from cases.retention.models import Hold
from cases.units.models import Unit
from tests.access.matrix import full_case
from tests.core.test_pdf import without_pango
from tests.retention.world import whole_case

pytestmark = pytest.mark.django_db


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def ask(case: Case, by: User, **wishes: Any) -> AccessRequest:
    values = {"asked_on": timezone.localdate(), "language": "en", "with_names": False} | wishes
    return register_access_request(case=case, by=by, **values)


# Every table with something to tell, and the way from its rows to the person. Written by hand, to be
# independent of the registry that the report follows.
INDEPENDENT = {
    "people.Block": "person",
    "people.BreakGlass": "person",
    "people.ContactPoint": "person",
    "people.Correction": "person",
    "people.DeclaredAccess": "person",
    "people.IdentityNumber": "person",
    "people.Person": "pk",
    "casework.Assignment": "case__person",
    "casework.Case": "person",
    "casework.Finding": "order__referral__person",
    "casework.Note": "case__person",
    "casework.PoliceOrder": "referral__person",
    "casework.Referral": "person",
    "casework.Sample": "case__person",
    "casework.Task": "case__person",
    "casework.ThresholdDecision": "referral__person",
    "appointments.Appointment": "case__person",
    "appointments.AppointmentChange": "appointment__case__person",
    "appointments.Attendance": "appointment__case__person",
    "appointments.AttendanceCorrection": "attendance__appointment__case__person",
    "appointments.Summons": "appointment__case__person",
    "letters.Letter": "case__person",
    "reminders.Message": "appointment__case__person",
    "reminders.MessageEvent": "message__appointment__case__person",
    "reminders.MockDelivery": "message__appointment__case__person",
    "support.AnswerToSender": "case__person",
    "support.Closing": "case__person",
    "support.Consent": "case__person",
    "support.Offer": "case__person",
    "support.SenderDecision": "case__person",
    "privacy.AccessRequest": "case__person",
    "privacy.Deviation": "sent_in_error__case__person",
    "privacy.ExportedCase": "case__person",
    "privacy.Restriction": "person",
    "privacy.SentInError": "case__person",
    "retention.ArchivePackage": "case__person",
    "retention.Hold": "case__person",
}


@pytest.fixture
def case_with_everything(unit: Unit, adviser: User, colleague: User, leader: User) -> Case:
    """A row in every table, and somebody else with rows of their own beside it."""
    load_texts()
    case = whole_case(adviser, colleague, "Kanarifuru")
    now = timezone.now()
    Correction.objects.create(
        unit=unit, person=case.person, what="given_name", was="Kanarifør", corrected_at=now,
        corrected_by=adviser,
    )  # fmt: skip
    ThresholdDecision.objects.create(
        unit=unit, referral=case.referral, decision="accept", reason="Kanarivurdert",
        decided_at=now, decided_by=leader,
    )  # fmt: skip
    Hold.objects.create(
        unit=unit, case=case, reason="Kanarivent", held_at=now, held_by=leader
    )  # fmt: skip
    restrict_processing(person=case.person, reason="Kanarisperret", by=leader)
    return case


def test_j4_the_report_equals_an_independent_count_table_by_table(
    case_with_everything: Case, unit: Unit, cleared: User
) -> None:
    case = case_with_everything
    full_case(unit, cleared, "Kanarinabo", protection="strictly")
    reported = {s.table: len(s.entries) for s in sections_of(case.person, with_names=False)}
    counted = {
        table: apps.get_model(table).objects.filter(**{way: case.person_id}).count()
        for table, way in INDEPENDENT.items()
    }
    assert reported == counted
    assert min(counted.values()) > 0
    assert Booking.objects.filter(appointment__case=case).exists()
    assert "appointments.Booking" not in reported, "cells of the calendar tell nothing more"


def test_j4_the_count_knows_every_table_that_has_something_to_tell() -> None:
    assert set(INDEPENDENT) == {label_of(model) for model in paths() if shown_fields(model)}


def test_j4_every_text_about_the_person_is_in_the_report(case_with_everything: Case) -> None:
    """Whatever is sealed, but for what is kept for an employee's sake."""
    values = json.dumps(
        [[e.values for e in s.entries] for s in sections_of(case_with_everything.person,
                                                            with_names=False)],
        default=str, ensure_ascii=False,
    )  # fmt: skip
    for text in ("Kanarifør", "Kanarivurdert", "Kanarivent", "Kanarisperret", "Kanarifuru"):
        assert text in values


@without_pango
def test_j4_no_other_person_is_in_the_file(
    unit: Unit, adviser: User, cleared: User, leader: User
) -> None:
    """A canary in everything of a person who shares the telephone, and in everything of the staff."""
    adviser.name = "Kanarirådgiver"
    adviser.save()
    shared = ContactDetails("mobile", "+4790011223", shared_with_others=True)
    other, _ids = full_case(unit, cleared, "Kanarinabo", protection="strictly")
    ContactPoint.objects.filter(person=other.person, kind="mobile").delete()
    case, _ids = full_case(unit, adviser, "Kanarifuru")
    for person in (other.person, case.person):
        add_contact_point(person=person, contact=shared, by=adviser)
    asked = ask(case, leader)
    sweep()
    files = files_of(hand_out_report(request_id=asked.pk, by=leader))
    for text in (text_of(files["report.pdf"]), files["report.json"].decode()):
        assert "Kanarifuru" in text
        assert "Kanarinabo" not in text
        assert "Kanarirådgiver" not in text
        assert "adviser" in text


@without_pango
def test_j4_names_of_the_staff_by_the_leaders_decision(led_case: Case, leader: User) -> None:
    asked = ask(led_case, leader, with_names=True)
    sweep()
    files = files_of(hand_out_report(request_id=asked.pk, by=leader))
    assert "Adviser (adviser)" in text_of(files["report.pdf"])


def test_who_of_the_staff_is_kin_is_not_told(led_case: Case, leader: User, colleague: User) -> None:
    from_people = led_case.person.blocks
    from_people.create(
        unit=led_case.unit, user=colleague, reason="Er søskenbarn", set_at=timezone.now(),
        set_by=leader,
    )  # fmt: skip
    (block,) = [
        section.entries
        for section in sections_of(led_case.person, with_names=True)
        if section.table == "people.Block"
    ]
    assert "søskenbarn" not in block[0].words
    assert "Colleague" not in str(block[0])


@without_pango
@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Your cases"), ("se", "Áššit")],
)
def test_j4_the_report_is_in_the_language_of_the_person(
    led_case: Case, leader: User, adviser: User, language: str, heading: str
) -> None:
    load_texts()
    asked = ask(led_case, leader, language=language)
    report = gather(AccessRequest.objects.select_related("person", "unit").get(pk=asked.pk),
                    timezone.now())  # fmt: skip
    assert report.language == ("nb" if language == "se" else language)
    sweep()
    pdf = files_of(hand_out_report(request_id=asked.pk, by=leader))["report.pdf"]
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/Lang"] == report.language
    text = text_of(pdf)
    assert heading in text
    assert ("needs a speaker's check" in text) == (language == "se")


def test_j4_the_machine_readable_part_has_codes_dates_and_the_text_of_letters(
    unit: Unit, adviser: User, leader: User
) -> None:
    case, _ids = full_case(unit, adviser, "Kanarifuru")
    with translation.override("nb"):
        sections = sections_of(case.person, with_names=False)
    values = {s.table: [entry.values for entry in s.entries] for s in sections}
    (person,) = values["people.Person"]
    assert person["birth_date"] == "1998-04-14"
    assert person["protection"] == "none"
    assert values["casework.Note"][0]["text"] == "Merknad Kanarifuru"
    assert not Letter.objects.exists()
    assert json.loads(json.dumps(values, default=str))


def test_sealed_text_stays_sealed_in_the_row(answered_request: AccessRequest) -> None:
    assert answered_request.file_state == FileState.READY
    stored = AccessRequest.objects.filter(pk=answered_request.pk).values_list("file", flat=True)
    assert b"PK" not in bytes(stored[0])[:4]


def test_without_pango_the_page_says_what_is_missing(
    led_case: Case, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(report: object) -> bytes:
        raise PdfUnavailable

    monkeypatch.setattr(sweeping, "zip_of", unavailable)
    asked = ask(led_case, leader)
    sweep()
    asked.refresh_from_db()
    assert asked.file_state == FileState.FAILED
    assert "Pango is missing" in asked.get_problem_display()
