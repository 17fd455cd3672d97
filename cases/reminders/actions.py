"""What staff do to messages that have not left."""

from django.db.models import F
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.reminders.models import Message, MessageState
from cases.reminders.outcomes import stop
from cases.reminders.planning import plan_for
from cases.reminders.words import Reason
from cases.reminders.writing import keep_stopped, tell


def stop_waiting_messages(*, case: Case, by: User) -> int:
    """Withhold what is planned for this case: how many. What may have left becomes a question.

    A message that is being handed over this moment can not be called back, and is not tried again:
    what its worker hears later changes a question no more. What nobody has planned yet is planned
    first, or the next planner would.
    """
    now = timezone.now()
    with recorded():
        plan_for(case, now)
        waiting: list[Message] = list(
            Message.objects.filter(appointment__case=case)
            .unfinished()
            .select_for_update(of=("self",))
            .annotate(case_id=F("appointment__case"), person_id=F("appointment__case__person"))
        )
        for message in waiting:
            if message.state == MessageState.CLAIMED:
                message.unclear_since = message.unclear_since or now
            stop(message, Reason.STOPPED, now)
        keep_stopped(waiting)
        tell(waiting, now)
        record("messages.stopped", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return sum(message.state == MessageState.WITHHELD for message in waiting)
