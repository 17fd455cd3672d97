"""Whether messages leave the house: read from the database alone, never from a process."""

from datetime import datetime, timedelta

from django.db.models import Min

from cases.reminders.models import WAITING_STATES, Heartbeat, Message

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
    """How long the oldest due message has waited, or has been in the hands of a dead worker."""
    waiting = Message.objects.filter(state__in=WAITING_STATES, try_at__lte=now)
    lapsed = Message.objects.with_expired_lease(now)
    oldest = [
        waiting.aggregate(oldest=Min("try_at"))["oldest"],
        lapsed.aggregate(oldest=Min("lease_until"))["oldest"],
    ]
    ages = [now - moment for moment in oldest if moment is not None]
    return max(ages, default=None)
