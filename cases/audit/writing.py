"""The two statements that a page pays for its events: lock the head, add the rows.

Written by hand, because every page waits for them: Django's way of putting the same statements together
costs several times what the database takes to run them.
"""

import json
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

from cases.audit.models import Event, Head

# SQLite takes this many values in one statement.
MOST_VALUES = 30_000


def append(unit: uuid.UUID, events: list[Event]) -> None:
    """Add the events to the end of the unit's chain, the head locked until the transaction ends."""
    sequence, previous = _locked_head(unit)
    for event in events:
        sequence += 1
        event.at, event.sequence, event.previous_hash = timezone.now(), sequence, previous
        event.hash = previous = event.chained_hash()
    # The database moves the head on and registers the persons: see triggers.py.
    most = MOST_VALUES // len(Event._meta.concrete_fields)
    for first in range(0, len(events), most):
        _insert(events[first : first + most])


def _locked_head(unit: uuid.UUID) -> tuple[int, str]:
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    statement = f"SELECT sequence, hash FROM audit_head WHERE unit = %s {lock}"
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(statement, [_as_uuid(connection.vendor)(unit)])
            if row := cursor.fetchone():
                return row[0], row[1]
            Head.objects.get_or_create(unit=unit)
    raise Head.DoesNotExist(unit)


def _insert(events: list[Event]) -> None:
    statement, line, columns = _insert_statement(connection.vendor)
    values = [adapt(event.__dict__[name]) for event in events for name, adapt in columns]
    with connection.cursor() as cursor:
        cursor.execute(statement + ", ".join([line] * len(events)), values)


@lru_cache
def _insert_statement(vendor: str) -> tuple[str, str, list[tuple[str, Callable[[Any], Any]]]]:
    """The statement, the placeholders of one row, and each column with what makes it storable."""
    fields = Event._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    line = f"({', '.join(['%s'] * len(fields))})"
    columns = [(field.attname, _adapter_of(field, vendor)) for field in fields]
    return f"INSERT INTO audit_event ({names}) VALUES ", line, columns


def _adapter_of(field: Any, vendor: str) -> Callable[[Any], Any]:
    if isinstance(field, models.UUIDField):
        return _as_uuid(vendor)
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.CharField):
        return str  # a driver may store the name of a choice instead of its value
    return _as_it_is


def _as_uuid(vendor: str) -> Callable[[uuid.UUID | None], Any]:
    return _as_it_is if vendor == "postgresql" else _as_hex


def _as_hex(value: uuid.UUID | None) -> str | None:
    return value.hex if value is not None else None


def _as_it_is(value: Any) -> Any:
    return value
