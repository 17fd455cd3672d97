import re
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Case
from cases.casework.states import state_of
from cases.core.dates import local
from cases.support.actions import (
    AlreadyAnswered,
    AnswerChanged,
    NobodyToAnswer,
    NothingToAnswer,
    close_case,
    correct_answer,
    send_answer,
)
from cases.support.answer_content import content_of
from cases.support.answer_text import text_sent
from cases.support.milestones import support_milestones
from cases.support.models import AnswerToSender
from cases.support.overview import answer_to_send
from cases.units.models import Unit
from tests.support.conftest import BookAhead, MakeCase, Meet, correct

ROW = {
    "case", "unit", "sender_name", "sender_reference", "case_number", "attended", "dates",
    "sent_via", "sent_at", "sent_by", "corrects",
}  # fmt: skip


def _days(*days_ago: int) -> list[str]:
    return [local(timezone.now() - timedelta(days=days)).date().isoformat() for days in days_ago]


def send(case: Case, by: User) -> AnswerToSender:
    return send_answer(case_id=case.pk, sent_via="post", by=by)


def test_attended_with_the_days_of_the_meetings(
    make_case: MakeCase, meet: Meet, adviser: User
) -> None:
    case = make_case(basis="transfer", attendances=2)
    meet(case, "attended", days_ago=8)
    meet(case, "did_not_come", days_ago=5)
    meet(case, "late", days_ago=3)

    answer = send(case, adviser)

    assert (answer.attended, answer.dates) == (True, _days(8, 3))
    case.refresh_from_db()
    assert (case.answer_sent_at, case.answer_attended) == (answer.sent_at, True)


def test_not_attended_with_the_days_missed(not_attended: Case, adviser: User) -> None:
    answer = send(not_attended, adviser)
    assert (answer.attended, answer.dates) == (False, _days(9, 2))
    not_attended.refresh_from_db()
    assert state_of(not_attended, timezone.now()).code == "waiting_for_sender"


def test_the_row_has_no_room_for_more(attended: Case, adviser: User) -> None:
    """Whoever adds a column to what is kept about an answer has to change this test."""
    fields = {field.name for field in AnswerToSender._meta.get_fields()}
    assert fields == ROW | {"id", "corrected_by"}


def test_the_text_has_only_id_days_and_attended(attended: Case, adviser: User, unit: Unit) -> None:
    unit.language = "en"
    unit.save()
    attended = Case.objects.get(pk=attended.pk)
    answer = send(attended, adviser)

    text = text_sent(answer, attended)

    met_on = timezone.localdate() - timedelta(days=2)
    day = f"{met_on.day} {met_on:%B} {met_on.year}"
    assert (text.heading, text.sender_of_letter, text.recipient) == (
        "Answer about attendance", unit.name, attended.referral.sender.name,
    )  # fmt: skip
    assert text.lines == (
        ("Your reference", attended.referral.sender_reference),
        ("Our case number", attended.number),
        ("Attended", "Yes"),
        ("Days attended", day),
    )


def test_the_kept_answer_names_nobody_but_the_sender(attended: Case, adviser: User) -> None:
    kept = str(model_to_dict(send(attended, adviser)))
    for secret in (attended.person.given_name, attended.person.family_name, "1998", "cannabis"):
        assert not re.search(secret, kept, re.IGNORECASE)


def test_once_in_a_round(attended: Case, adviser: User) -> None:
    send(attended, adviser)
    with pytest.raises(AlreadyAnswered):
        send(attended, adviser)
    assert AnswerToSender.objects.count() == 1


def test_nothing_to_answer_before_anything_has_happened(case: Case, adviser: User) -> None:
    with pytest.raises(NothingToAnswer):
        send(case, adviser)


@pytest.mark.parametrize("result", ["valid_absence", "cancelled_by_us"])
def test_an_absence_that_does_not_count_is_not_told(
    accepted_case: Case, meet: Meet, adviser: User, result: str
) -> None:
    meet(accepted_case, result)
    with pytest.raises(NothingToAnswer):
        send(accepted_case, adviser)


def test_not_attended_is_not_said_while_a_meeting_lies_ahead(
    accepted_case: Case, meet: Meet, book_ahead: BookAhead, adviser: User
) -> None:
    meet(accepted_case, "did_not_come")
    book_ahead(accepted_case)
    with pytest.raises(NothingToAnswer):
        send(accepted_case, adviser)


def test_an_own_wish_has_nobody_to_answer(make_case: MakeCase, meet: Meet, adviser: User) -> None:
    case = make_case(basis="own_wish")
    meet(case)
    with pytest.raises(NobodyToAnswer):
        send(case, adviser)


def test_what_was_shown_is_what_is_sent(attended: Case, adviser: User, meet: Meet) -> None:
    shown = content_of(attended).fingerprint()
    meet(attended, days_ago=1)
    with pytest.raises(AnswerChanged):
        send_answer(case_id=attended.pk, sent_via="post", by=adviser, shown=shown)
    assert not AnswerToSender.objects.exists()


def test_a_closed_case_is_not_answered(attended: Case, adviser: User) -> None:
    close_case(case_id=attended.pk, outcome="deceased", by=adviser)
    with pytest.raises(CaseIsClosed):
        send(attended, adviser)


def test_sending_is_audited_and_nothing_is_kept_without_it(
    attended: Case, adviser: User, request: pytest.FixtureRequest
) -> None:
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        send(attended, adviser)
    assert not AnswerToSender.objects.exists()
    attended.refresh_from_db()
    assert attended.answer_sent_at is None
    assert not Event.objects.filter(action="answer.sent").exists()


def test_a_correction_names_what_it_corrects_and_counts_instead(
    not_attended: Case, meet: Meet, adviser: User
) -> None:
    attendance = meet(not_attended, "did_not_come", days_ago=1)
    first = send(not_attended, adviser)
    with pytest.raises(NothingToAnswer):
        correct_answer(case_id=not_attended.pk, sent_via="post", by=adviser)
    correct(attendance, "attended")

    second = correct_answer(case_id=not_attended.pk, sent_via="digital_post", by=adviser)

    assert (second.corrects, second.attended, second.dates) == (first, True, _days(1))
    first.refresh_from_db()
    assert first.attended is False
    not_attended.refresh_from_db()
    assert not_attended.answer_attended is True
    assert support_milestones(not_attended)["answer_sent_at"] == second.sent_at
    with pytest.raises(AlreadyAnswered):
        send(not_attended, adviser)


def test_a_correction_is_possible_also_when_nothing_counts_any_more(
    accepted_case: Case, meet: Meet, adviser: User
) -> None:
    attendance = meet(accepted_case)
    send(accepted_case, adviser)
    correct(attendance, "valid_absence")
    answer = correct_answer(case_id=accepted_case.pk, sent_via="post", by=adviser)
    assert (answer.attended, answer.dates) == (False, [])


def test_a_correction_is_not_kept_when_the_audit_fails(
    accepted_case: Case, meet: Meet, adviser: User, request: pytest.FixtureRequest
) -> None:
    attendance = meet(accepted_case)
    send(accepted_case, adviser)
    correct(attendance, "did_not_come")
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        correct_answer(case_id=accepted_case.pk, sent_via="post", by=adviser)
    assert AnswerToSender.objects.count() == 1


def test_the_preview_is_the_text_that_is_sent(attended: Case, adviser: User) -> None:
    preview = answer_to_send(attended).text
    assert preview == text_sent(send(attended, adviser), attended)
