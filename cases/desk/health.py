"""Whether the program lives and whether messages leave it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.oversight.glasses import glasses_overdue
from cases.oversight.verifying import log_alarms
from cases.reminders.health import beats_and_overdue
from cases.retention import ledger

LATE_AFTER = timedelta(minutes=10)


def readiness(now: datetime) -> dict[str, Any]:
    """Each part and whether it is well; `ready` is all of them. `alarms` names what people must
    look at, while the program goes on."""
    parts: dict[str, bool] = {"database": _database_answers()}
    alarms: list[str] = []
    if parts["database"]:
        parts["migrations"] = not _migrations_waiting()
        parts.update(message_parts(now))
    if parts.get("migrations"):
        parts["erasures"] = _erased_are_gone()
        alarms += ["glasses_not_reviewed"] if glasses_overdue(now) else []
        alarms += log_alarms(now)
    return {"ready": all(parts.values()), "parts": parts, "alarms": alarms}


def message_parts(now: datetime) -> dict[str, bool]:
    beats, oldest = beats_and_overdue(now)
    return {
        "jobs": bool(beats) and all(age < LATE_AFTER for age in beats.values()),
        "messages": oldest is None or oldest < LATE_AFTER,
    }


def _erased_are_gone() -> bool:
    """Not in an older copy of the database, until the next sweep. A web server that can not read
    the ledger's file leaves that to the worker."""
    try:
        return not ledger.knows_more()
    except OSError:
        return True


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _migrations_waiting() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
