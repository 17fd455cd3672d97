"""C5: once a day the log is held against its anchors, and /readyz tells what came of it.

What stays between the processes is two heartbeats: when the verifier last came to its end, and when
it last found everything whole. The log is broken when the first is younger than the second.
"""

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from cases.audit.anchors import folder
from cases.audit.models import Event
from cases.audit.verdict import is_anchored, verdict
from cases.audit.verify import UNANCHORED_FOR
from cases.core.database.context import AUDITOR, WORKER, speaking_as
from cases.reminders.health import beat
from cases.reminders.models import Heartbeat

VERIFIED, FOUND_WHOLE = "verify_audit", "audit_found_whole"
EVERY = timedelta(hours=23)  # with the nudge's ten minutes never more than a day
EVERY_WHILE_BROKEN = timedelta(hours=1)  # so that the alarm ends soon after it was answered for
LATE_AFTER = timedelta(hours=36)

logger = logging.getLogger(__name__)


def verify_when_due(now: datetime) -> None:
    """Hold every chain against the anchors, when it is time. Raises OSError when they are unreadable:
    then nothing is noted, and the silence is told as well."""
    with speaking_as(WORKER):
        verified_at, is_whole = _state()
    every = EVERY if is_whole else EVERY_WHILE_BROKEN
    if verified_at is not None and now - verified_at < every:
        return
    with speaking_as(AUDITOR):
        count = _broken_places(now)
    if count:
        logger.error("the access log does not verify: %s places; run verify_audit", count)
    with speaking_as(WORKER):
        if not count:
            beat(FOUND_WHOLE, now)
        beat(VERIFIED, now)


def log_alarms(now: datetime) -> list[str]:
    """For /readyz: the log is broken, or nobody has looked for a day and a half."""
    verified_at, is_whole = _state()
    looked_at = verified_at or _installed_at() or now
    late = ["audit_not_verified"] if now - looked_at > LATE_AFTER else []
    return late if is_whole else ["audit_broken", *late]


def _state() -> tuple[datetime | None, bool]:
    beaten = Heartbeat.objects.filter(job__in=(VERIFIED, FOUND_WHOLE))
    moments = dict(beaten.values_list("job", "beaten_at"))
    verified_at, whole_at = moments.get(VERIFIED), moments.get(FOUND_WHOLE)
    is_whole = verified_at is None or (whole_at is not None and whole_at >= verified_at)
    return verified_at, is_whole


def _installed_at() -> datetime | None:
    """A fresh installation is not late before its first day is over."""
    applied = MigrationRecorder(connection).migration_qs.aggregate(first=Min("applied"))
    first: datetime | None = applied["first"]
    return first


def _broken_places(now: datetime) -> int:
    place = folder()
    report = verdict(place)
    unanchored = Event.objects.filter(at__lt=now - UNANCHORED_FOR)
    without_anchors = not is_anchored(place) and unanchored.exists()
    return len(report.breaks) + len(report.faults) + without_anchors
