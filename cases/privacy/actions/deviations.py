"""Something was sent in error: stop what has not left, and start the clock of the report."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.people.actions import withdraw_contact_point
from cases.people.models import ContactPoint
from cases.privacy.deviation_text import draft_of
from cases.privacy.models import Deviation, DeviationOutcome, SentInError
from cases.privacy.sent import who_opened
from cases.reminders.actions import stop_waiting_messages


class AlreadySettled(Exception):
    """The report is sent, or judged not to be needed."""


class ReasonMissing(Exception):
    """Nobody judges a deviation not notifiable without saying why."""


@dataclass(frozen=True)
class ErrorDetails:
    kind: str
    about: UUID | None
    sent_at: datetime
    found_at: datetime
    recipients: str
    what_happened: str
    stop_messages: bool
    stop_contact: ContactPoint | None


def tell_sent_in_error(*, case: Case, details: ErrorDetails, by: User) -> Deviation:
    """Keep what happened, stop what has not left, draft the report and start the clock."""
    with recorded():
        stopped = stop_waiting_messages(case=case, by=by) if details.stop_messages else 0
        if details.stop_contact is not None:
            withdraw_contact_point(point=details.stop_contact, by=by)
        sent = SentInError.objects.create(
            case=case, unit_id=case.unit_id, kind=details.kind, about=details.about,
            sent_at=details.sent_at, recipients=details.recipients,
            what_happened=details.what_happened, found_at=details.found_at,
            told_at=timezone.now(), told_by=by, messages_stopped=stopped,
            contacts_stopped=int(details.stop_contact is not None),
        )  # fmt: skip
        deviation = Deviation.objects.create(
            sent_in_error=sent, unit_id=case.unit_id, report=draft_of(sent, who_opened(sent)),
            due_at=Deviation.due_after(details.found_at),
        )  # fmt: skip
        _record("deviation.told", deviation, by)
    return deviation


def edit_report(*, deviation: Deviation, report: str, by: User) -> None:
    """Raises StaleVersion when somebody else saved in between, AlreadySettled."""
    with recorded():
        if deviation.settled_at is not None:
            raise AlreadySettled
        # Sealed columns take their value through save(); the version is compared by hand.
        deviation.save_version()
        deviation.report = report
        deviation.save(update_fields=["report"])
        _record("deviation.edited", deviation, by)


def settle_deviation(*, deviation_id: UUID, outcome: str, reason: str, by: User) -> None:
    """Stop the clock: reported, or judged not notifiable for this reason.

    Raises ReasonMissing, AlreadySettled.
    """
    with recorded():
        if outcome == DeviationOutcome.NOT_NOTIFIABLE and not reason.strip():
            raise ReasonMissing
        deviation = (
            Deviation.objects.select_for_update(of=("self",))
            .select_related("sent_in_error__case__person")
            .get(pk=deviation_id)
        )
        if deviation.settled_at is not None:
            raise AlreadySettled
        deviation.outcome, deviation.reason = outcome, reason
        deviation.settled_at, deviation.settled_by = timezone.now(), by
        deviation.version += 1
        deviation.save(update_fields=["outcome", "reason", "settled_at", "settled_by", "version"])
        _record("deviation.settled", deviation, by)


def _record(action: str, deviation: Deviation, by: User) -> None:
    record(
        action, by=by, unit=deviation.unit_id, target=deviation,
        persons=[deviation.sent_in_error.case.person_id],
    )  # fmt: skip
