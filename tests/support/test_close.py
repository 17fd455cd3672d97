from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.casework.actions import decide_on_find
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Case
from cases.casework.states import state_of
from cases.support.actions import (
    CannotClose,
    close_case,
    offer_help,
    record_sender_decision,
    send_answer,
)
from cases.support.closing_rules import possible_outcomes, what_is_missing
from cases.support.models import Closing, Consent, Service
from tests.support.conftest import BookAhead, MakeCase, Meet

EXCEPTIONAL = ["returned", "withdrawn", "moved", "deceased"]


def missing(case: Case) -> list[str]:
    case.refresh_from_db()
    return [reason.code for reason in what_is_missing(case, timezone.now())]


def answer(case: Case, by: User) -> None:
    send_answer(case_id=case.pk, sent_via="post", by=by)


def test_a_case_that_has_just_come_in(accepted_case: Case) -> None:
    assert missing(accepted_case) == ["not_met_yet"]
    assert possible_outcomes(accepted_case) == EXCEPTIONAL


def test_the_journey_tells_what_is_missing_at_each_step(
    accepted_case: Case, meet: Meet, adviser: User
) -> None:
    meet(accepted_case, "did_not_come")
    assert missing(accepted_case) == ["answer_not_sent"]
    answer(accepted_case, adviser)
    assert missing(accepted_case) == ["sender_decision_missing"]
    record_sender_decision(
        case_id=accepted_case.pk, choice="proceeding", new_deadline_on=None,
        decided_on=timezone.localdate(), by=adviser,
    )  # fmt: skip
    assert missing(accepted_case) == []
    assert possible_outcomes(accepted_case)[0] == "not_attended"


def test_a_booked_appointment_is_missing_its_end(
    accepted_case: Case, book_ahead: BookAhead
) -> None:
    appointment = book_ahead(accepted_case)
    assert missing(accepted_case) == ["appointment_booked", "not_met_yet"]
    after = appointment.ends_at + timedelta(minutes=1)
    codes = [reason.code for reason in what_is_missing(accepted_case, after)]
    assert codes == ["attendance_not_recorded", "not_met_yet"]


def test_help_under_way_keeps_a_case_open(
    attended: Case, consent: Consent, service: Service, adviser: User
) -> None:
    offer_help(
        case_id=attended.pk, service=service, offered_on=timezone.localdate(), reply="accepted",
        decline_reason="", follow_up_on=None, by=adviser,
    )  # fmt: skip
    answer(attended, adviser)
    assert missing(attended) == ["offers_open"]
    with pytest.raises(CannotClose) as refusal:
        close_case(case_id=attended.pk, outcome="condition_met", by=adviser)
    assert [reason.code for reason in refusal.value.reasons] == ["offers_open"]


def test_an_undecided_find_is_missing(make_case: MakeCase) -> None:
    case = make_case(finds=[("heroin", "900")])
    assert missing(case) == ["find_undecided", "not_met_yet"]


def test_a_returned_find_waits_for_nothing(make_case: MakeCase, adviser: User) -> None:
    case = make_case(finds=[("heroin", "900")])
    decide_on_find(case_id=case.pk, decision="return", reason="Over grensen", by=adviser)
    assert missing(case) == []
    assert possible_outcomes(case)[0] == "returned"
    close_case(case_id=case.pk, outcome="returned", by=adviser)


def test_closing_with_an_ordinary_outcome(attended: Case, adviser: User) -> None:
    answer(attended, adviser)
    close_case(case_id=attended.pk, outcome="condition_met", by=adviser)
    attended.refresh_from_db()
    closing = Closing.objects.get(case=attended)
    assert (attended.outcome, attended.closed_at, attended.closed_by) == (
        "condition_met", closing.closed_at, adviser,
    )  # fmt: skip
    assert state_of(attended, timezone.now()).code == "closed"
    assert attended.next_due_at is None


def test_an_own_wish_ends_without_a_sender(make_case: MakeCase, meet: Meet, adviser: User) -> None:
    case = make_case(basis="own_wish")
    assert missing(case) == ["attendance_missing"]
    meet(case)
    assert possible_outcomes(case) == ["help_finished", "moved", "deceased"]
    close_case(case_id=case.pk, outcome="help_finished", by=adviser)


@pytest.mark.parametrize(
    "outcome", ["condition_met", "not_attended", "help_finished", "", "nonsense"]
)
def test_an_outcome_the_case_does_not_have_is_refused(
    accepted_case: Case, adviser: User, outcome: str
) -> None:
    with pytest.raises(CannotClose):
        close_case(case_id=accepted_case.pk, outcome=outcome, by=adviser)
    assert not Closing.objects.exists()


@pytest.mark.parametrize("outcome", EXCEPTIONAL)
def test_an_exceptional_outcome_calls_off_what_is_booked(
    accepted_case: Case, book_ahead: BookAhead, adviser: User, outcome: str
) -> None:
    appointment = book_ahead(accepted_case)
    close_case(case_id=accepted_case.pk, outcome=outcome, by=adviser)
    appointment.refresh_from_db()
    accepted_case.refresh_from_db()
    assert appointment.status == "cancelled"
    assert (accepted_case.outcome, accepted_case.next_appointment_at) == (outcome, None)


def test_a_meeting_that_has_begun_is_recorded_first(
    accepted_case: Case, book_ahead: BookAhead, adviser: User
) -> None:
    appointment = book_ahead(accepted_case)
    earlier = timezone.now() - timedelta(hours=2)
    Appointment.objects.filter(pk=appointment.pk).update(
        starts_at=earlier, ends_at=earlier + timedelta(hours=1)
    )
    with pytest.raises(CannotClose) as refusal:
        close_case(case_id=accepted_case.pk, outcome="moved", by=adviser)
    assert [reason.code for reason in refusal.value.reasons] == ["attendance_not_recorded"]
    accepted_case.refresh_from_db()
    assert not accepted_case.is_closed


def test_who_attended_is_not_closed_as_moved_before_the_sender_knows(attended: Case) -> None:
    assert "moved" not in possible_outcomes(attended)


def test_death_is_recorded_on_the_person_once(case: Case, adviser: User) -> None:
    died_on = date(2026, 11, 1)
    close_case(case_id=case.pk, outcome="deceased", by=adviser, deceased_on=died_on)
    case.person.refresh_from_db()
    assert case.person.deceased_on == died_on


def test_a_known_day_of_death_stands(case: Case, adviser: User) -> None:
    case.person.deceased_on = date(2026, 10, 1)
    case.person.save()
    close_case(case_id=case.pk, outcome="deceased", by=adviser)
    case.person.refresh_from_db()
    assert case.person.deceased_on == date(2026, 10, 1)


def test_a_case_is_closed_once(case: Case, adviser: User) -> None:
    close_case(case_id=case.pk, outcome="moved", by=adviser)
    with pytest.raises(CaseIsClosed):
        close_case(case_id=case.pk, outcome="moved", by=adviser)
    assert Closing.objects.count() == 1


def test_nothing_is_kept_when_the_audit_fails(
    accepted_case: Case, book_ahead: BookAhead, adviser: User, request: pytest.FixtureRequest
) -> None:
    appointment = book_ahead(accepted_case)
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        close_case(case_id=accepted_case.pk, outcome="deceased", by=adviser)
    accepted_case.refresh_from_db()
    appointment.refresh_from_db()
    accepted_case.person.refresh_from_db()
    assert not accepted_case.is_closed
    assert appointment.status == "booked"
    assert accepted_case.person.deceased_on is None
