"""The answer to the sender, its correction, and what the sender decided."""

import uuid
from datetime import date

from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.milestones import appointment_milestones
from cases.audit.record import record, recorded
from cases.casework.milestones import lock_case, write_milestones
from cases.casework.models import Case, SenderChoice
from cases.support.answer_content import (
    AnswerContent,
    NothingToAnswer,
    content_of,
    content_sent,
    obstacle_to_answer,
)
from cases.support.milestones import current_answer, support_milestones
from cases.support.models import AnswerToSender, SenderDecision


class AlreadyAnswered(Exception):
    """The sender has this round's answer."""


class AnswerChanged(Exception):
    """The facts changed after the answer was shown: it must be looked at again."""


class NotWaitingForSender(Exception):
    """The sender was not told "not attended" in this round, or has decided already."""


def send_answer(
    *, case_id: uuid.UUID, sent_via: str, by: User, shown: str | None = None
) -> AnswerToSender:
    """Keep what was sent; `shown` is the fingerprint of what the sender of it saw beforehand.

    Raises NobodyToAnswer, NothingToAnswer, AlreadyAnswered, AnswerChanged, CaseIsClosed.
    """
    with recorded():
        case = lock_case(case_id)
        if current_answer(case, case.round_started_at) is not None:
            raise AlreadyAnswered
        content = _as_shown(case, shown)
        if obstacle_to_answer(case):
            raise NothingToAnswer
        answer = _keep(case, content, sent_via, by, corrects=None)
        write_milestones(case, **support_milestones(case))
        record("answer.sent", by=by, unit=case.unit_id, target=answer, persons=[case.person_id])
    return answer


def correct_answer(
    *, case_id: uuid.UUID, sent_via: str, by: User, shown: str | None = None
) -> AnswerToSender:
    """A new answer that names the one it corrects, because an attendance was corrected.

    Raises NothingToAnswer when no answer was sent or it still holds; NobodyToAnswer,
    AnswerChanged, CaseIsClosed.
    """
    with recorded():
        case = lock_case(case_id)
        wrong = current_answer(case, case.round_started_at)
        content = _as_shown(case, shown)
        if wrong is None or content_sent(wrong) == content:
            raise NothingToAnswer
        answer = _keep(case, content, sent_via, by, corrects=wrong)
        write_milestones(case, **support_milestones(case))
        record(
            "answer.corrected", by=by, unit=case.unit_id, target=answer, persons=[case.person_id]
        )
    return answer


def _as_shown(case: Case, shown: str | None) -> AnswerContent:
    content = content_of(case)
    if shown is not None and shown != content.fingerprint():
        raise AnswerChanged
    return content


def _keep(
    case: Case, content: AnswerContent, sent_via: str, by: User, corrects: AnswerToSender | None
) -> AnswerToSender:
    return AnswerToSender.objects.create(
        case=case,
        unit=case.unit,
        sender_name=content.sender_name,
        sender_reference=content.sender_reference,
        case_number=content.case_number,
        attended=content.attended,
        dates=[day.isoformat() for day in content.dates],
        sent_via=sent_via,
        sent_at=timezone.now(),
        sent_by=by,
        corrects=corrects,
    )


def record_sender_decision(
    *,
    case_id: uuid.UUID,
    choice: str,
    new_deadline_on: date | None,
    decided_on: date,
    by: User,
) -> SenderDecision:
    """What the sender decided after "not attended". A new deadline starts a new round.

    Raises NotWaitingForSender, CaseIsClosed.
    """
    with recorded():
        case = lock_case(case_id)
        if case.answer_attended is not False or case.sender_choice != SenderChoice.NONE:
            raise NotWaitingForSender
        decision = SenderDecision.objects.create(
            case=case,
            unit=case.unit,
            choice=choice,
            new_deadline_on=new_deadline_on,
            decided_on=decided_on,
            recorded_at=timezone.now(),
            recorded_by=by,
        )
        if choice == SenderChoice.NEW_DEADLINE:
            write_milestones(case, deadline_on=new_deadline_on)
        write_milestones(case, **support_milestones(case))
        # Which missed meetings count depends on the round, which is written by now.
        write_milestones(case, **appointment_milestones(case))
        record(
            "sender.decided", by=by, unit=case.unit_id, target=decision, persons=[case.person_id]
        )
    return decision
