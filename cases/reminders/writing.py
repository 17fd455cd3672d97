"""What is written down whenever a message changes its state: event, audit, and a task."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from cases.audit.record import record
from cases.casework.actions import make_task
from cases.casework.models import TaskKind
from cases.reminders.models import Message, MessageEvent, MessageState
from cases.reminders.words import TASK_FOR

CLAIM_COLUMNS = (
    "state", "reason", "attempt", "try_at", "lease_until", "lease_token", "text_hash", "final_at",
)  # fmt: skip
OUTCOME_COLUMNS = (
    "state", "reason", "attempt", "try_at", "lease_until", "unclear_since", "provider_id",
    "text_hash", "handed_over_at", "final_at",
)  # fmt: skip
SENT = (MessageState.HANDED_OVER, MessageState.DELIVERED)
# A lapsed row that nobody has claimed again is still its worker's to settle.
STILL_OURS = (
    "reminders_message.lease_token = new.lease_token "
    "AND reminders_message.state IN ('claimed', 'unclear')"
)


def keep_claims(messages: list[Message]) -> None:
    """Write what became of rows that this transaction has locked."""
    _update(messages, CLAIM_COLUMNS, "TRUE")


def keep_stopped(messages: list[Message]) -> None:
    """Write what somebody stopped, in rows that this transaction has locked."""
    _update(messages, OUTCOME_COLUMNS, "TRUE")


def keep_where_still_ours(messages: list[Message]) -> list[Message]:
    """Write what an attempt came to, and return the rows that were written.

    A row whose lease went to somebody else, or that a receipt has settled, is left alone: the
    statement compares the fencing token and the state.
    """
    written = _update(messages, OUTCOME_COLUMNS, STILL_OURS)
    return [message for message in messages if message.pk in written]


def _update(messages: list[Message], names: tuple[str, ...], condition: str) -> set[UUID]:
    """Give each row its own values, all in one statement; the ids of those that were changed.

    The values travel as one JSON document, because a thousand placeholders cost more than the
    update itself. Table and columns are our own words, never somebody's input.
    """
    if not messages:
        return set()
    meta = Message._meta
    columns: list[Any] = [
        meta.get_field(name) for name in dict.fromkeys(("id", "lease_token", *names))
    ]
    rows = [_as_stored(message, columns) for message in messages]
    assignments = ", ".join(f"{name} = new.{name}" for name in names)
    statement = (
        f"UPDATE {meta.db_table} SET {assignments} FROM {_rows_of_json(columns)} "
        f"WHERE {meta.db_table}.id = new.id AND {condition} RETURNING {meta.db_table}.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, default=str)])
        return {meta.pk.to_python(row[0]) for row in cursor.fetchall()}


def _rows_of_json(columns: list[Any]) -> str:
    """A JSON document as a table `new` with these columns, in the engine's own words."""
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{c.column} {c.db_type(connection)}" for c in columns)
        return f"jsonb_to_recordset(%s::jsonb) AS new({typed})"
    read = ", ".join(f"value ->> '$.{c.column}' AS {c.column}" for c in columns)
    return f"(SELECT {read} FROM json_each(%s)) AS new"


def _as_stored(message: Message, columns: list[Any]) -> dict[str, Any]:
    values = {c.column: getattr(message, c.attname) for c in columns}
    if connection.vendor == "postgresql":
        return values  # read from their usual spelling, by the types of the columns
    return {c.column: c.get_db_prep_save(values[c.column], connection) for c in columns}


def tell(messages: Iterable[Message], now: datetime) -> None:
    """Events in the ledger, events for the audit, and tasks for what a person must do.

    Each message carries `case_id` and `person_id` beside its own columns.
    """
    told = list(messages)
    MessageEvent.objects.bulk_create(
        MessageEvent(
            unit_id=message.unit_id,
            message_id=message.pk,
            at=now,
            what=message.state,
            detail=message.reason,
        )
        for message in told
    )
    for message in told:
        record(
            f"message.{'sent' if message.state in SENT else message.state}",
            by=None,
            unit=message.unit_id,
            target=message,
            persons=[message.person_id],
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
