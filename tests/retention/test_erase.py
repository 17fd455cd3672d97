"""J2: an erasure is complete, through every table, whichever app it lives in."""

import logging
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import models
from django.test import Client, RequestFactory
from django.utils import timezone

from cases.accounts.models import Draft, User
from cases.accounts.roles import Role
from cases.accounts.unsent import keep_unsent
from cases.audit.models import Event
from cases.audit.record import recorded
from cases.casework.models import Case
from cases.letters.reference import load_texts
from cases.people.models import IdentityNumber, Person, SearchToken
from cases.privacy.actions import hand_out_export, register_access_request
from cases.privacy.models import AccessRequest, ExportedCase, FileState, MadeFile, PersonExport
from cases.privacy.sealed_files import NoFile
from cases.retention import eraser, erasing
from cases.retention.actions import confirm_as_second
from cases.retention.eraser import ROOTS, erase, hanging_models
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import (
    OTHER_ROWS,
    Certificate,
    DueList,
    DueListItem,
    ErasedCase,
    RetentionRule,
)
from cases.retention.tasks import sweep_retention
from cases.statistics.models import ErasedFigure, Measure
from cases.units.models import Unit
from tests import factories
from tests.retention import traces, world
from tests.retention.conftest import LONG_AGO, CloseCase, Confirmed, close, confirm_first

CANARY = "Kanarislettet"

# Columns with the id of a row and no foreign key, and why nothing of an erased person stays in them.
LOOSE_COLUMNS = {
    "appointments.Booking.resource": "goes with the appointment",
    "casework.Task.about": "goes with the case",
    "oversight.LineReview.person": "a part of the log, and goes with its month: an id of a row that is no more",
    "privacy.SentInError.about": "goes with the case",
    "retention.DueListItem.case": "goes with the case, in the same transaction",
}
# The log is its own retention; it holds ids of rows that are no more, and no content.
LOG_APP = "audit"


@pytest.fixture
def whole(law: None, adviser: User, colleague: User, rule: RetentionRule) -> Case:
    load_texts()
    case = world.whole_case(adviser, colleague, CANARY)
    return close(case, timezone.localdate() - LONG_AGO)


def test_j2_nothing_of_the_person_is_left_in_any_table(whole: Case, confirmed: Confirmed) -> None:
    ids = {b"case": whole.pk.bytes, b"person": whole.person_id.bytes}
    needles = [CANARY.encode(), CANARY.casefold().encode(), str(whole.pk).encode()]
    needles += [str(whole.person_id).encode(), *ids.values()]
    needles += [bytes(whole.person.wrapped_key)]
    # A file with others in it is sealed with a key that stays: its very bytes must go.
    needles += [bytes(file) for file in PersonExport.objects.values_list("file", flat=True) if file]
    assert len(world.where(*needles)) > 30, "the search finds what is there"
    confirmed()
    assert carry_out_confirmed() == 1
    left = [place for place in world.where(*needles) if not place.startswith(world.LOG_TABLES)]
    assert left == []
    texts = [CANARY.encode(), CANARY.casefold().encode()]
    assert world.where(*texts) == [], "and no content in the log"


def test_j2_no_sealed_value_and_no_row_of_the_case_is_left(
    whole: Case, confirmed: Confirmed
) -> None:
    """By the keys of all rows that hang on the case: none of them exists afterwards."""
    found = eraser._found({Person: {whole.person_id}})
    filled = {model._meta.label for model, keys in found.items() if keys}
    must = {one.model._meta.label for one in hanging_models()}
    # What a later app adds is found by its foreign key; these three rows would hold the case back,
    # or need a find that is flagged.
    assert len(filled) >= 30, must - filled
    confirmed()
    carry_out_confirmed()
    left = [
        model._meta.label
        for model, keys in found.items()
        if model._base_manager.filter(pk__in=keys).exists()
    ]
    assert left == []


def test_j2_a_trace_in_files_log_and_broker_would_be_found(tmp_path: Path) -> None:
    """The search finds what is planted in each of the places where the test after this finds none."""
    needles = (CANARY.encode(),)
    (tmp_path / "broker").mkdir()
    with traces.logged_to(tmp_path / "log"), traces.broker(tmp_path / "broker") as connection:
        assert traces.holding(needles, tmp_path) == []
        logging.getLogger("cases.retention").warning("worked on %s", CANARY)
        (tmp_path / "export.csv").write_text(f"1;{CANARY}")
        traces.send(connection, "cases.retention.tasks.sweep_retention", CANARY)
        found = traces.holding(needles, tmp_path)
    assert [Path(name).name for name in found if name.startswith(str(tmp_path))][-2:] == [
        "export.csv", "log",
    ]  # fmt: skip
    assert len(found) == 3, "the third is the nudge, in a file or in Redis"


def test_j2_files_and_broker_hold_nothing(
    log_file: Path, whole: Case, confirmed: Confirmed, leader: User, tmp_path: Path,
    client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The case is worked on, the job fails over it once and is nudged all the while."""
    (tmp_path / "broker").mkdir()
    with traces.broker(tmp_path / "broker") as connection:
        for path in (f"/cases/{whole.pk}/", f"/deletion/cases/{whole.pk}/hold/", "/deletion/"):
            client_of(leader).get(path)
        confirmed()
        with monkeypatch.context() as patched:
            patched.setattr(erasing, "erase_cases", _fail_over(whole))
            with pytest.raises(ValueError, match=CANARY):
                sweep_retention()
        nudges = traces.nudge_everybody(connection)
        DueList.objects.update(lease_until=None)
        sweep_retention()
        assert not Case.objects.exists()
        assert traces.waiting_in(connection) == nudges > 3
        assert "can not be carried out: ValueError" in log_file.read_text()
        assert Path(django_settings.ERASURE_LEDGER).read_text().count("\n") == 2
        ids = (str(whole.pk), str(whole.person_id), whole.pk.hex, whole.person_id.hex)
        needles = (CANARY.encode(), *(one.encode() for one in ids))
        assert traces.holding(needles, Path(django_settings.DATA_DIR), tmp_path) == []


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """The log from before the case was there."""
    with traces.logged_to(tmp_path / "log"):
        yield tmp_path / "log"


def _fail_over(case: Case) -> Callable[..., None]:
    def erase_cases(*_given: object) -> None:
        raise ValueError(f"{CANARY} {case.pk}")

    return erase_cases


def test_j2_a_file_with_others_in_it_is_destroyed_with_the_case(
    whole: Case, confirmed: Confirmed, adviser: User
) -> None:
    ready = PersonExport.objects.get(file_state=FileState.READY)
    other = factories.make_case(unit=whole.unit, by=adviser)
    ExportedCase.objects.create(export=ready, unit=whole.unit, case=other)
    waiting = PersonExport.objects.get(file_state=FileState.NOT_YET)
    confirmed()
    carry_out_confirmed()
    ready.refresh_from_db()
    assert (ready.file, ready.file_state) == ("", FileState.DESTROYED)
    assert "is deleted, so the file is destroyed too" in ready.get_problem_display()
    event = Event.objects.get(action="export.destroyed")
    assert set(event.persons) == {str(whole.person_id), str(other.person_id)}
    waiting.refresh_from_db()
    assert waiting.file_state == FileState.NOT_YET
    with pytest.raises(NoFile):
        hand_out_export(export_id=ready.pk, by=adviser)


def test_j2_a_file_is_destroyed_also_when_its_key_is_lost(
    whole: Case, confirmed: Confirmed
) -> None:
    PersonExport.objects.update(wrapped_key=b"\x03key that nobody has")
    confirmed()
    assert carry_out_confirmed() == 1
    assert not PersonExport.objects.filter(file_state=FileState.READY).exists()


def test_j2_whatever_is_made_of_a_case_and_keeps_a_file_is_declared() -> None:
    """What stays above a row that goes, and has something to erase, is named by `made_into`."""
    going = {one.model for one in hanging_models()}
    above, declared, of_people = set(), set(), set()
    for one in hanging_models():
        if link := getattr(one.model.__dict__.get("Privacy"), "made_into", None):
            declared.add(f"{one.model._meta.label}.{link}")
        if hasattr(one.model.__dict__.get("Privacy"), "made_of"):
            of_people.add(one.model)
        for column in one.model._meta.concrete_fields:
            stays: Any = column.related_model
            if isinstance(column, models.ForeignKey) and stays not in going:
                privacy = stays.__dict__.get("Privacy")
                if privacy and privacy.erased:
                    above.add(f"{one.model._meta.label}.{column.name}")
    assert above == declared == {"privacy.ExportedCase.export"}
    files = {one.model for one in hanging_models() if issubclass(one.model, MadeFile)}
    assert of_people == files == {AccessRequest}


def test_j2_the_certificate_counts_and_names_nobody(whole: Case, confirmed: Confirmed) -> None:
    confirmed()
    carry_out_confirmed()
    certificate = Certificate.objects.get()
    assert (certificate.cases, certificate.people, certificate.left_out) == (1, 1, 0)
    assert certificate.rows.keys() == {OTHER_ROWS}
    assert certificate.rows[OTHER_ROWS] > 40
    assert certificate.rules == {}
    assert certificate.finished_at is not None
    whole_row = repr(vars(certificate))
    for identity in (CANARY, str(whole.pk), str(whole.person_id), whole.number):
        assert identity not in whole_row


def test_j2_what_was_typed_about_somebody_else_stays(
    whole: Case, confirmed: Confirmed, adviser: User
) -> None:
    other = factories.make_case(unit=whole.unit, by=adviser)
    page = RequestFactory().post(f"/?about={other.pk}", {"text": CANARY})
    about = keep_unsent(page, adviser)
    confirmed()
    carry_out_confirmed()
    assert Draft.objects.get().about == str(about)


def test_j2_a_certificate_of_many_tells_what_five_stand_behind(
    closed_case: CloseCase, confirmed: Confirmed, rule: RetentionRule
) -> None:
    for _number in range(6):
        closed_case()
    confirmed()
    carry_out_confirmed()
    certificate = Certificate.objects.get()
    assert certificate.rows["people_person"] == 6
    assert certificate.rules == {str(rule.pk): 6}
    assert all(number >= 5 for table, number in certificate.rows.items() if table != OTHER_ROWS)


def test_j2_what_stays_of_one_case_is_the_same_whatever_became_of_it(
    closed_case: CloseCase, whole: Case, unit: Unit, leader: User, confirmed: Confirmed
) -> None:
    """A case with rows in every table, and one that was opened and closed: nothing tells them apart.

    Only how many rows went does, all tables together. No date is there but of the deletion.
    """
    RetentionRule.objects.create(
        unit=unit, basis_kind="transfer", months=12, source="Arkivplan 2026",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    left = []
    for case in (whole, None):
        case = case or closed_case(basis="transfer")
        confirmed()
        assert carry_out_confirmed() == 1
        left.append(list(_what_stays(case)))
    assert left[0] == left[1]


def _what_stays(case: Case) -> Iterator[str]:
    """Every column of what an erasure writes, but keys, moments and how many rows went."""
    certificate = Certificate.objects.order_by("-begun_at")[0]
    yield f"certificate {certificate.cases} {list(certificate.rows)} {certificate.rules}"
    hole = ErasedCase.objects.values().get(number=case.number)
    assert hole.keys() == {"id", "unit_id", "number", "year", "serial", "erased_year"}
    yield f"hole {hole['year']} {hole['erased_year']}"
    yield from map(str, ErasedFigure.objects.exclude(measure=Measure.CASE).values())
    yield from map(str, DueListItem.objects.values())


def test_the_number_stays_as_a_hole(whole: Case, confirmed: Confirmed) -> None:
    confirmed()
    carry_out_confirmed()
    hole = ErasedCase.objects.get()
    assert (hole.number, hole.year, hole.serial) == (whole.number, whole.year, whole.serial)
    assert hole.erased_year == timezone.localdate().year


def test_j2_a_case_left_out_of_an_earlier_list_is_named_in_none(
    whole: Case, confirmed: Confirmed
) -> None:
    confirmed()
    RetentionRule.objects.update(months=60)
    assert carry_out_confirmed() == 0
    assert DueListItem.objects.get().number == whole.number
    RetentionRule.objects.update(months=24)
    confirmed()
    assert carry_out_confirmed() == 1
    assert not DueListItem.objects.exists()


def test_a_person_with_another_case_stays_with_it(
    whole: Case, confirmed: Confirmed, adviser: User
) -> None:
    other = factories.make_case(unit=whole.unit, by=adviser, person=whole.person)
    confirmed()
    carry_out_confirmed()
    assert list(Case.objects.all()) == [other]
    person = Person.objects.get()
    assert person.full_name == f"{CANARY} {CANARY}"
    assert IdentityNumber.objects.filter(person=person).exists()
    assert SearchToken.objects.filter(person=person).exists()
    assert [str(n.digits) for n in IdentityNumber.objects.filter(person=person)]


def test_j2_the_answer_to_an_access_request_does_not_outlive_one_of_the_cases(
    whole: Case, confirmed: Confirmed, adviser: User, leader: User
) -> None:
    """Asked for in a case that stays: sealed with the key of a person who stays."""
    other = factories.make_case(unit=whole.unit, by=adviser, person=whole.person)
    asked = [
        register_access_request(
            case=other, asked_on=timezone.localdate(), language="en", with_names=False, by=leader
        )
        for _ in range(3)
    ]
    states = {"ready": "destroyed", "making": "waiting", "waiting": "waiting"}
    for request, state in zip(asked, states, strict=True):
        request.file_state, request.file = state, CANARY if state == "ready" else ""
        request.lease_until = timezone.now() if state == "making" else None
        # One that is not answered would hold the case back.
        request.answered_at, request.answered_by = timezone.now(), leader
        request.save()
    (sealed,) = [bytes(f) for f in AccessRequest.objects.values_list("file", flat=True) if f]
    confirmed()
    carry_out_confirmed()
    assert list(Case.objects.all()) == [other]
    assert world.where(sealed) == []
    for request, state in zip(asked, states.values(), strict=True):
        request.refresh_from_db()
        assert (request.file, request.file_state) == ("", state)
    event = Event.objects.get(action="access_report.destroyed")
    assert (event.target, event.persons) == (asked[0].pk, [str(whole.person_id)])


def test_every_table_that_hangs_on_a_person_is_handled() -> None:
    """What a model keeps of itself is kept, or the model is one of the roots that go as a whole."""
    contradicting = [
        one.model._meta.label
        for one in hanging_models()
        if one.model not in ROOTS
        and not one.stays_emptied
        and getattr(one.model, "Privacy", None)
        and one.model.Privacy.kept
    ]
    assert contradicting == [], "keep nothing, or let the foreign key be empty and erased"
    assert len(hanging_models()) > 30


def test_every_column_that_names_a_row_without_a_foreign_key_is_known() -> None:
    ours = [m for m in apps.get_models() if m.__module__.startswith("cases.")]
    named = {
        f"{model._meta.label}.{column.name}"
        for model in ours
        if model._meta.app_label != LOG_APP
        for column in model._meta.concrete_fields
        if isinstance(column, models.UUIDField)
        and not column.primary_key
        and not column.is_relation
    }
    assert named - set(LOOSE_COLUMNS) == set(), "say in LOOSE_COLUMNS how it is erased"
    assert set(LOOSE_COLUMNS) - named == set(), "a column is gone"


def test_no_model_keeps_files() -> None:
    """There is no folder to search: a file column would need an eraser of its own."""
    files = [
        str(column)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.FileField)
    ]
    assert files == []


def test_a_model_of_a_later_app_is_found_by_its_foreign_key() -> None:
    labels = {one.model._meta.label for one in hanging_models()}
    assert {"people.Block", "reminders.MockDelivery", "support.Offer"} <= labels


def test_many_cases_at_once(closed_case: CloseCase, confirmed: Confirmed) -> None:
    cases = [closed_case() for _ in range(25)]
    confirmed()
    assert carry_out_confirmed() == len(cases)
    assert Certificate.objects.get().cases == len(cases)
    assert not Person.objects.exists()


def test_a_list_that_fails_keeps_no_other_unit_waiting(
    closed_case: CloseCase, confirmed: Confirmed, outsider: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is raised in the end, so that whoever looks after the jobs hears of it."""
    here = closed_case()
    there = close(
        factories.make_case(unit=outsider.memberships.get().unit, by=outsider),
        timezone.localdate() - LONG_AGO,
    )
    confirmed()
    other = confirm_first(there.unit, outsider)
    second = factories.make_user("elsewhere", there.unit, Role.MUNICIPAL_ADMINISTRATOR)
    confirm_as_second(due_list_id=other.pk, by=second)
    really = erasing.erase_cases

    def erase_cases(unit: Unit, cases: list[UUID], certificate: Certificate) -> None:
        if unit == here.unit:
            raise ZeroDivisionError
        really(unit, cases, certificate)

    monkeypatch.setattr(erasing, "erase_cases", erase_cases)
    with pytest.raises(ZeroDivisionError):
        carry_out_confirmed()
    assert list(Case.objects.all()) == [here]


def test_an_erasure_outside_a_list_needs_a_transaction(closed_case: CloseCase) -> None:
    case = closed_case()
    with recorded():
        assert erase([case.pk]).cases == {case.pk}
    assert not Person.objects.exists()
