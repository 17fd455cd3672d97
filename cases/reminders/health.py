"""Whether messages leave the house: read from the database alone, never from a process."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Min, Q, Value, When

from cases.reminders.models import WAITING_STATES, Heartbeat, Message, MessageState

PLANNING, SENDING = "plan_reminders", "send_reminders"
JOBS = (PLANNING, SENDING)


def beat(job: str, now: datetime) -> None:
    """The job came to its end."""
    Heartbeat.objects.update_or_create(job=job, defaults={"beaten_at": now})


def beats_and_overdue(now: datetime) -> tuple[dict[str, timedelta], timedelta | None]:
    """How long ago each job came to its end, infinitely long when it never did; and how long the
    oldest due message has waited, or has been in the hands of a dead worker. One query: the start
    page asks.
    """
    beaten = Heartbeat.objects.order_by().values_list("job", "beaten_at")
    oldest = _overdue(now).values_list("nobody", "since")
    rows = dict(beaten.union(oldest, all=True))
    since = rows.pop("", None)
    beats = {job: now - rows[job] if job in rows else timedelta.max for job in JOBS}
    return beats, now - since if since is not None else None


def _overdue(now: datetime) -> Any:
    """One row, `nobody` and `since`, or none when nothing waits."""
    waiting = Q(state__in=WAITING_STATES, try_at__lte=now)
    lapsed = Q(state=MessageState.CLAIMED, lease_until__lt=now)
    since = Case(When(lapsed, then=F("lease_until")), default=F("try_at"))
    due = Message.objects.filter(waiting | lapsed).order_by()
    return due.annotate(nobody=Value("")).values("nobody").annotate(since=Min(since))
