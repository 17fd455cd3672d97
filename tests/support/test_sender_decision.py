from datetime import timedelta

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.milestones import appointment_milestones
from cases.casework.models import Case
from cases.casework.states import state_of
from cases.support.actions import (
    AlreadyAnswered,
    NotWaitingForSender,
    record_sender_decision,
    send_answer,
)
from cases.support.milestones import support_milestones
from cases.support.models import AnswerToSender, SenderDecision
from tests.support.conftest import Meet


@pytest.fixture
def waiting(not_attended: Case, adviser: User) -> Case:
    """The sender was told that the person did not attend."""
    send_answer(case_id=not_attended.pk, sent_via="post", by=adviser)
    not_attended.refresh_from_db()
    return not_attended


def decide(case: Case, choice: str, by: User) -> SenderDecision:
    today = timezone.localdate()
    decision = record_sender_decision(
        case_id=case.pk,
        choice=choice,
        new_deadline_on=today + timedelta(days=40) if choice == "new_deadline" else None,
        decided_on=today,
        by=by,
    )
    case.refresh_from_db()
    return decision


@pytest.mark.parametrize("choice", ["withdrawn", "proceeding"])
def test_the_sender_is_finished_with_the_person(waiting: Case, adviser: User, choice: str) -> None:
    decide(waiting, choice, adviser)
    assert waiting.sender_choice == choice
    assert state_of(waiting, timezone.now()).code == "ready_to_close"


def test_a_new_deadline_starts_a_round(waiting: Case, adviser: User) -> None:
    decision = decide(waiting, "new_deadline", adviser)
    assert waiting.deadline_on == decision.new_deadline_on
    assert waiting.round_started_at == decision.recorded_at
    assert (waiting.missed_count, waiting.answer_sent_at, waiting.answer_attended) == (
        0,
        None,
        None,
    )
    assert waiting.sender_choice == ""
    assert state_of(waiting, timezone.now()).code == "to_be_summoned"
    assert AnswerToSender.objects.filter(case=waiting).count() == 1


def test_each_round_has_one_answer_about_its_own_meetings(
    waiting: Case, adviser: User, meet: Meet
) -> None:
    decide(waiting, "new_deadline", adviser)
    meet(waiting, "did_not_come", days_ago=0)

    answer = send_answer(case_id=waiting.pk, sent_via="post", by=adviser)

    assert answer.dates == [timezone.localdate().isoformat()]
    with pytest.raises(AlreadyAnswered):
        send_answer(case_id=waiting.pk, sent_via="post", by=adviser)
    waiting.refresh_from_db()
    decide(waiting, "proceeding", adviser)
    assert waiting.sender_choice == "proceeding"


def test_who_attends_in_a_later_round_has_met_the_condition(
    waiting: Case, adviser: User, meet: Meet
) -> None:
    decide(waiting, "new_deadline", adviser)
    meet(waiting, "attended", days_ago=0)
    assert send_answer(case_id=waiting.pk, sent_via="post", by=adviser).attended is True


@pytest.mark.parametrize("stage", ["before_any_answer", "after_attended", "decided_already"])
def test_only_while_waiting(accepted_case: Case, adviser: User, meet: Meet, stage: str) -> None:
    if stage == "after_attended":
        meet(accepted_case)
        send_answer(case_id=accepted_case.pk, sent_via="post", by=adviser)
    if stage == "decided_already":
        meet(accepted_case, "did_not_come")
        send_answer(case_id=accepted_case.pk, sent_via="post", by=adviser)
        decide(accepted_case, "proceeding", adviser)
    with pytest.raises(NotWaitingForSender):
        decide(accepted_case, "withdrawn", adviser)


def test_nothing_is_kept_when_the_audit_fails(
    waiting: Case, adviser: User, request: pytest.FixtureRequest
) -> None:
    deadline = waiting.deadline_on
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        decide(waiting, "new_deadline", adviser)
    waiting.refresh_from_db()
    assert not SenderDecision.objects.exists()
    assert (waiting.deadline_on, waiting.round_started_at) == (deadline, None)


def test_milestones_are_rebuilt_from_the_facts(waiting: Case, adviser: User, meet: Meet) -> None:
    decide(waiting, "new_deadline", adviser)
    meet(waiting, "did_not_come", days_ago=0)
    for name, value in (appointment_milestones(waiting) | support_milestones(waiting)).items():
        assert getattr(waiting, name) == value, name
