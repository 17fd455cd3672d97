"""What the case page shows of help and answers. Four queries together, whatever the case holds."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.casework.models import Case, SenderChoice
from cases.support.answer_content import (
    NobodyToAnswer,
    content_of,
    content_sent,
    obstacle_to_answer,
)
from cases.support.answer_text import AnswerText, answer_text
from cases.support.milestones import current_answer
from cases.support.models import AnswerToSender, Consent, Offer, SenderDecision


@dataclass(frozen=True)
class HelpOverview:
    case: Case
    consent: Consent | None  # the one in force today
    latest_consent: Consent | None
    standing_consent: Consent | None  # the latest that is not withdrawn, expired or not
    offers: list[Offer]

    @property
    def may_offer(self) -> bool:
        return self.consent is not None and not self.case.is_closed

    @property
    def may_change(self) -> bool:
        return not self.case.is_closed


@dataclass(frozen=True)
class AnswersOverview:
    case: Case
    answers: list[AnswerToSender]  # newest first, corrected ones among them
    decisions: list[SenderDecision]

    @property
    def waits_for_sender(self) -> bool:
        return (
            self.case.answer_attended is False
            and self.case.sender_choice == SenderChoice.NONE
            and not self.case.is_closed
        )


def help_of(case: Case, today: date | None = None) -> HelpOverview:
    """Costs two queries."""
    today = today or timezone.localdate()
    consents = list(Consent.objects.for_case(case).defer("wording"))
    in_force = (c for c in consents if _is_in_force(c, today))
    return HelpOverview(
        case=case,
        consent=next(in_force, None),
        latest_consent=consents[0] if consents else None,
        standing_consent=next((c for c in consents if c.withdrawn_at is None), None),
        offers=list(Offer.objects.for_case(case).select_related("service", "consent")),
    )


def _is_in_force(consent: Consent, day: date) -> bool:
    return consent.withdrawn_at is None and consent.given_on <= day <= consent.expires_on


@dataclass(frozen=True)
class AnswerDraft:
    """What the sender would be told now, or why there is nothing to tell."""

    text: AnswerText | None
    fingerprint: str
    is_correction: bool
    obstacle: Promise | None


def answer_to_send(case: Case) -> AnswerDraft:
    """Costs two queries."""
    try:
        content = content_of(case)
    except NobodyToAnswer:
        return AnswerDraft(None, "", False, _("Nobody referred this case: there is no answer."))
    sent = current_answer(case, case.round_started_at)
    is_correction = sent is not None and content_sent(sent) != content
    obstacle = _obstacle(case, sent, is_correction=is_correction)
    return AnswerDraft(
        text=None if obstacle else answer_text(content, case.unit, replaces=sent),
        fingerprint=content.fingerprint(),
        is_correction=is_correction,
        obstacle=obstacle,
    )


def _obstacle(case: Case, sent: AnswerToSender | None, *, is_correction: bool) -> Promise | None:
    if case.is_closed:
        return _("The case is closed. Nothing more is sent.")
    if is_correction:
        return None
    if sent is not None:
        return _("The sender has this answer already.")
    return obstacle_to_answer(case)


def _was_decided(case: Case) -> bool:
    """The milestones tell whether the sender has decided anything: no query where not."""
    return bool(case.sender_choice) or case.round_started_at is not None


def answers_of(case: Case) -> AnswersOverview:
    """Costs two queries."""
    return AnswersOverview(
        case=case,
        answers=list(
            AnswerToSender.objects.for_case(case).select_related("sent_by", "corrected_by")
        ),
        decisions=list(SenderDecision.objects.for_case(case)) if _was_decided(case) else [],
    )
