"""J2: an erasure is complete, through every table, whichever app it lives in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import models
from django.test import RequestFactory
from django.utils import timezone

from cases.accounts.models import Draft, User
from cases.accounts.roles import Role
from cases.accounts.unsent import keep_unsent
from cases.audit.record import recorded
from cases.casework.models import Case
from cases.letters.reference import load_texts
from cases.people.models import IdentityNumber, Person, SearchToken
from cases.retention import eraser, erasing
from cases.retention.actions import confirm_as_second
from cases.retention.eraser import ROOTS, erase, hanging_models
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import OTHER_ROWS, Certificate, DueListItem, ErasedCase, RetentionRule
from cases.statistics.models import ErasedFigure, Measure
from cases.units.models import Unit
from tests import factories
from tests.retention import world
from tests.retention.conftest import LONG_AGO, CloseCase, Confirmed, close, confirm_first

CANARY = "Kanarislettet"

# Columns with the id of a row and no foreign key, and why nothing of an erased person stays in them.
LOOSE_COLUMNS = {
    "appointments.Booking.resource": "goes with the appointment",
    "casework.Task.about": "goes with the case",
    "oversight.LineReview.person": "a part of the log, and as old: an id of a row that is no more",
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


def test_j2_files_and_broker_hold_nothing(whole: Case, confirmed: Confirmed) -> None:
    confirmed()
    carry_out_confirmed()
    needles = (CANARY.encode(), str(whole.pk).encode(), str(whole.person_id).encode())
    files = [path for path in Path(django_settings.DATA_DIR).rglob("*") if path.is_file()]
    ledger = Path(django_settings.ERASURE_LEDGER)
    assert ledger.read_text().count("\n") == 2
    found = [p for p in (*files, ledger) if any(needle in p.read_bytes() for needle in needles)]
    assert found == []


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
