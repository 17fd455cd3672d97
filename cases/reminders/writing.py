"""What is written down whenever a message changes its state: event, audit, and a task."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, models

from cases.audit.record import record
from cases.casework.actions import make_task
from cases.casework.models import TaskKind
from cases.reminders.models import Message, MessageEvent, MessageState
from cases.reminders.words import TASK_FOR

# Everything an attempt can change; the lease decides whether it may.
SETTLED_COLUMNS = (
    "state", "reason", "attempt", "try_at", "lease_until", "unclear_since", "provider_id",
    "text_hash", "handed_over_at", "final_at",
)  # fmt: skip
SENT = (MessageState.HANDED_OVER, MessageState.DELIVERED)
LEASED_STATES = (MessageState.CLAIMED, MessageState.UNCLEAR)


def keep_where_still_ours(messages: list[Message]) -> list[Message]:
    """Write what an attempt came to, all rows in one statement, and return those written.

    A row whose lease went to somebody else, or that a receipt has settled, is left alone: the
    statement compares the fencing token and the state. The same SQL on both engines.
    """
    if not messages:
        return []
    meta = Message._meta
    columns = [meta.get_field(name) for name in ("id", "lease_token", *SETTLED_COLUMNS)]
    cast = connection.vendor == "postgresql"
    places = [f"%s::{c.db_type(connection)}" if cast else "%s" for c in columns]
    line = f"({', '.join(places)})"
    states = ", ".join(f"'{state}'" for state in LEASED_STATES)
    statement = (
        f"WITH new ({', '.join(c.column for c in columns)}) AS "
        f"(VALUES {', '.join([line] * len(messages))}) "
        f"UPDATE {meta.db_table} SET {', '.join(f'{c} = new.{c}' for c in SETTLED_COLUMNS)} "
        f"FROM new WHERE {meta.db_table}.id = new.id "
        f"AND {meta.db_table}.lease_token = new.lease_token "
        f"AND {meta.db_table}.state IN ({states}) RETURNING {meta.db_table}.id"
    )  # noqa: S608  names of our own columns only
    values = [_prepared(c, message) for message in messages for c in columns]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        written = {meta.pk.to_python(row[0]) for row in cursor.fetchall()}
    return [message for message in messages if message.pk in written]


def _prepared(column: "models.Field[Any, Any]", message: Message) -> Any:
    return column.get_db_prep_save(getattr(message, column.attname), connection)


def tell(messages: Iterable[Message], now: datetime) -> None:
    """Events in the ledger, events for the audit, and tasks for what a person must do.

    Each message carries `case_id` and `person_id` beside its own columns.
    """
    told = list(messages)
    MessageEvent.objects.bulk_create(
        MessageEvent(message=message, at=now, what=message.state, detail=message.reason)
        for message in told
    )
    for message in told:
        record(
            f"message.{'sent' if message.state in SENT else message.state}",
            by=None,
            unit=message.unit_id,
            target=message,
            persons=[message.person_id],
            purpose=f"{message.kind} {message.channel} {message.reason}".strip(),
        )
        if message.reason in TASK_FOR:
            make_task(
                case_id=message.case_id,
                unit_id=message.unit_id,
                kind=TASK_FOR[message.reason],
                about=task_about(message),
                reason=message.reason,
                due_at=max(now, message.planned_at),
                by=None,
            )


def task_about(message: Message) -> UUID:
    """What the task is about: both channels of one message ask for one call, not two."""
    if TASK_FOR[message.reason] == TaskKind.SETTLE_MESSAGE:
        return message.pk
    return uuid5(message.appointment_id, f"{message.sequence} {message.kind}")
