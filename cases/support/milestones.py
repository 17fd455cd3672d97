"""What the case's milestones say about answers and help, rebuilt from the facts every time."""

from datetime import date, datetime
from typing import Any, TypedDict

from django.db.models import Count, Min

from cases.casework.models import Case, SenderChoice
from cases.support.models import AnswerToSender, Offer, SenderDecision


class SupportMilestones(TypedDict):
    answer_sent_at: datetime | None
    answer_attended: bool | None
    sender_choice: str
    round_started_at: datetime | None
    open_offer_count: int
    help_follow_up_on: date | None


def support_milestones(case: Case) -> SupportMilestones:
    """A new deadline starts a round: what was answered and decided before it counts no more."""
    round_started_at, choice = _sender_milestones(case)
    answer = current_answer(case, round_started_at)
    return {
        "answer_sent_at": answer.sent_at if answer else None,
        "answer_attended": answer.attended if answer else None,
        "sender_choice": choice,
        "round_started_at": round_started_at,
        **_help_milestones(case),  # type: ignore[typeddict-item]
    }


def current_answer(case: Case, round_started_at: datetime | None) -> AnswerToSender | None:
    """The answer of this round that stands, corrections counted."""
    return AnswerToSender.objects.for_case(case).of_round(round_started_at).that_stand().first()


def _sender_milestones(case: Case) -> tuple[datetime | None, str]:
    """When the current round started, and what the sender decided in it."""
    choice: str = SenderChoice.NONE
    for decision in SenderDecision.objects.for_case(case):
        if decision.choice == SenderChoice.NEW_DEADLINE:
            return decision.recorded_at, choice
        choice = choice or decision.choice
    return None, choice


def _help_milestones(case: Case) -> dict[str, Any]:
    return (
        Offer.objects.filter(case=case)
        .unfinished()
        .aggregate(open_offer_count=Count("pk"), help_follow_up_on=Min("follow_up_on"))
    )
