"""Whether messages leave the house: read from the database alone, never from a process."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Min, Q, When

from cases.reminders.models import WAITING_STATES, Heartbeat, Message, MessageState

PLANNING, SENDING = "plan_reminders", "send_reminders"
JOBS = (PLANNING, SENDING)


def beat(job: str, now: datetime) -> None:
    """The job came to its end."""
    Heartbeat.objects.update_or_create(job=job, defaults={"beaten_at": now})


def job_heartbeats(now: datetime) -> dict[str, timedelta]:
    """How long ago each job came to its end; a job that never did is infinitely late."""
    beaten = dict(Heartbeat.objects.values_list("job", "beaten_at"))
    return {job: now - beaten[job] if job in beaten else timedelta.max for job in JOBS}


def overdue_age(now: datetime) -> timedelta | None:
    """How long the oldest due message has waited, or has been in the hands of a dead worker.

    One query: every page of the desk asks.
    """
    waiting = Q(state__in=WAITING_STATES, try_at__lte=now)
    lapsed = Q(state=MessageState.CLAIMED, lease_until__lt=now)
    since = Case(When(lapsed, then=F("lease_until")), default=F("try_at"))
    oldest = Message.objects.filter(waiting | lapsed).aggregate(since=Min(since))["since"]
    return now - oldest if oldest is not None else None
