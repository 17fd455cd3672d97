"""From referral to case: what is kept, what is refused, and nothing without its audit event."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.actions import (
    AlreadyDone,
    AlreadyRegistered,
    NothingToDecide,
    NotOfThisUnit,
    ReferralDetails,
    assign,
    decide_on_find,
    find_milestones,
    finish_task,
    make_task,
    register_referral,
    write_note,
)
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import (
    Assignment,
    Case,
    CaseNumberCounter,
    Note,
    Referral,
    Task,
    ThresholdDecision,
)
from cases.casework.states import state_of
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db


def closed(case: Case, by: User) -> Case:
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=by, outcome="moved", next_due_at=None
    )
    return case


def test_a_referral_opens_a_numbered_case_of_its_adviser(make_case, adviser: User) -> None:
    case = make_case()
    assert case.number == f"FUR-{timezone.localdate().year}-0001"
    assert Case.objects.get(pk=case.pk).assigned_to == adviser
    assert Assignment.objects.get(case=case).adviser == adviser
    assert state_of(case, timezone.now()).code == "to_be_summoned"
    assert Event.objects.filter(action="referral.registered", target=case.pk).exists()


def test_numbers_have_no_gap_also_after_a_failure(make_case, broken_audit, monkeypatch) -> None:
    with pytest.raises(broken_audit):
        make_case()
    monkeypatch.undo()
    assert [make_case().serial, make_case().serial] == [1, 2]


def test_each_unit_and_each_oslo_year_counts_for_itself(
    make_case, other_unit: Unit, outsider: User
) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 22, 30, tzinfo=ZoneInfo("UTC")), tick=False):
        old = make_case()
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("UTC")), tick=False):
        new = make_case()
        elsewhere = factories.make_case(unit=other_unit, by=outsider)
    assert [(old.year, old.serial), (new.year, new.serial)] == [(2026, 1), (2027, 1)]
    assert elsewhere.number == "GRA-2027-0001"


def test_nothing_is_kept_of_a_referral_when_the_audit_fails(make_case, broken_audit) -> None:
    with pytest.raises(broken_audit):
        make_case()
    assert not Referral.objects.exists()
    assert not Case.objects.exists()
    assert not CaseNumberCounter.objects.exists()


def test_the_same_letter_is_registered_once(make_case, adviser: User) -> None:
    case = make_case()
    again = ReferralDetails(
        legal_basis=case.referral.legal_basis,
        received_on=date(2026, 11, 20),
        attendances_required=1,
        sender=case.referral.sender,
        sender_reference=case.referral.sender_reference,
    )
    with pytest.raises(AlreadyRegistered):
        register_referral(person=case.person, details=again, assigned_to=None, by=adviser)
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("finds", "flagged"),
    [
        ([("cannabis", "9.999")], False),
        ([("cannabis", "10")], False),
        ([("cannabis", "10.001")], True),
        ([(None, "1")], True),
        ([("cannabis", None)], True),
        ([("cannabis", "1"), ("cocaine", "1"), ("khat", "1")], False),
        ([("cannabis", "1"), ("cocaine", "1"), ("khat", "1"), ("heroin", "1")], True),
    ],
)
def test_a_find_is_flagged_above_unknown_or_one_too_many(make_case, finds, flagged) -> None:
    case = make_case(finds=finds)
    assert (case.find_decision == "needed") is flagged
    assert find_milestones(case) == {"find_decision": case.find_decision}


def test_a_flagged_find_asks_until_a_person_decides(make_case, adviser: User) -> None:
    case = make_case(finds=[("cannabis", "50")])
    now = timezone.now()
    assert state_of(case, now).code == "find_to_decide"
    case = decide_on_find(case_id=case.pk, decision="ask_sender", reason="Uklart", by=adviser)
    assert state_of(case, now).code == "find_asked"
    case = decide_on_find(case_id=case.pk, decision="accept", reason="Avklart", by=adviser)
    assert state_of(case, now).code == "to_be_summoned"
    assert [d.reason for d in ThresholdDecision.objects.order_by("decided_at")] == [
        "Uklart",
        "Avklart",
    ]
    with pytest.raises(NothingToDecide):
        decide_on_find(case_id=case.pk, decision="return", reason="For sent", by=adviser)


def test_no_decision_without_its_audit_event(make_case, adviser: User, monkeypatch) -> None:
    case = make_case(finds=[("cannabis", "50")])
    monkeypatch.setattr("cases.audit.record._write", _refuse)
    with pytest.raises(RuntimeError):
        decide_on_find(case_id=case.pk, decision="accept", reason="Ja", by=adviser)
    case.refresh_from_db()
    assert case.find_decision == "needed"
    assert not ThresholdDecision.objects.exists()


def _refuse(events: object) -> None:
    raise RuntimeError("the audit table is broken")


@pytest.fixture
def no_audit(case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case that stands, and an audit table that fails from now on."""
    monkeypatch.setattr("cases.audit.record._write", _refuse)
    return case


def test_a_case_changes_adviser(case: Case, colleague: User, adviser: User) -> None:
    assert assign(case_id=case.pk, adviser=colleague, by=adviser).assigned_to == colleague
    assert assign(case_id=case.pk, adviser=None, by=adviser).assigned_to is None
    assert Assignment.objects.filter(case=case).count() == 3


def test_only_the_units_advisers_get_its_cases(case: Case, outsider: User, adviser: User) -> None:
    with pytest.raises(NotOfThisUnit):
        assign(case_id=case.pk, adviser=outsider, by=adviser)


def test_no_assignment_without_its_audit_event(
    no_audit: Case, colleague: User, adviser: User
) -> None:
    with pytest.raises(RuntimeError):
        assign(case_id=no_audit.pk, adviser=colleague, by=adviser)
    no_audit.refresh_from_db()
    assert no_audit.assigned_to == adviser


def test_a_note_is_sealed_and_needs_its_audit_event(case: Case, adviser: User) -> None:
    note = write_note(case_id=case.pk, text="Etter kl. 14", by=adviser)
    assert Note.objects.get(pk=note.pk).text == "Etter kl. 14"


def test_no_note_without_its_audit_event(no_audit: Case, adviser: User) -> None:
    with pytest.raises(RuntimeError):
        write_note(case_id=no_audit.pk, text="Etter kl. 14", by=adviser)
    assert not Note.objects.exists()


def test_nothing_is_written_on_a_closed_case(case: Case, adviser: User) -> None:
    closed(case, adviser)
    with pytest.raises(CaseIsClosed):
        write_note(case_id=case.pk, text="For sent", by=adviser)
    with pytest.raises(CaseIsClosed):
        assign(case_id=case.pk, adviser=None, by=adviser)


def test_a_task_is_made_once_and_done_once(case: Case, adviser: User, colleague: User) -> None:
    task, again = (
        make_task(
            case_id=case.pk, unit_id=case.unit_id, kind="call_person", about=case.pk,
            reason="too_late", due_at=timezone.now(), by=None,
        )
        for _ in range(2)
    )  # fmt: skip
    assert task == again
    finish_task(task=task, by=adviser)
    with pytest.raises(AlreadyDone):
        finish_task(task=task, by=colleague)
    assert Task.objects.get().done_by == adviser


def test_no_task_without_its_audit_event(no_audit: Case) -> None:
    with pytest.raises(RuntimeError):
        make_task(
            case_id=no_audit.pk, unit_id=no_audit.unit_id, kind="call_person", about=no_audit.pk,
            reason="too_late", due_at=timezone.now(), by=None,
        )  # fmt: skip
    assert not Task.objects.exists()
