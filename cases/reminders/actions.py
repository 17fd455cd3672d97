"""What staff do to messages that have not left."""

from django.db.models import F
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.reminders.models import WAITING_STATES, Message
from cases.reminders.outcomes import stop
from cases.reminders.words import Reason
from cases.reminders.writing import keep_claims, tell


def stop_waiting_messages(*, case: Case, by: User) -> int:
    """Withhold what is planned for this case: how many. What may have left becomes a question.

    A message that is being handed over this moment can not be called back; its row says so.
    """
    now = timezone.now()
    with recorded():
        waiting: list[Message] = list(
            Message.objects.filter(appointment__case=case, state__in=WAITING_STATES)
            .select_for_update(of=("self",))
            .annotate(case_id=F("appointment__case"), person_id=F("appointment__case__person"))
        )
        for message in waiting:
            stop(message, Reason.STOPPED, now)
        keep_claims(waiting)
        tell(waiting, now)
        record("messages.stopped", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return len(waiting)
