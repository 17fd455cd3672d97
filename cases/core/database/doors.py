"""The reviewed ways through the wall: functions that run with the owner's rights.

Each answers one question with as little as can be said, and names what it reads.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from cases.core.database.context import WORKER as WORKER_CONTEXT
from cases.core.database.context import current_context
from cases.core.database.roles import APP, WORKER

# A receipt comes without a user: its signature is checked, then its message's unit is all it gets.
UNIT_OF_MESSAGE = "advisory_unit_of_message"
CREATE_UNIT_OF_MESSAGE = f"""
CREATE OR REPLACE FUNCTION {UNIT_OF_MESSAGE}(message uuid, provider text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT m.unit_id FROM public.reminders_message m
    WHERE CASE WHEN message IS NOT NULL THEN m.id = message
               ELSE provider <> '' AND m.provider_id = provider END
    LIMIT 1
$body$"""


# Whose hands somebody's way in has been through may stand in another unit's log, or in no unit's.
# Only these acts are looked for, and the answer is yes or no.
WAYS_IN = (
    "admin.user.added",
    "user.added",
    "user.entry_link_given",
    "user.second_factor_reset",
    "user.way_in_set",
)
IN_ONE_HAND = "advisory_in_one_hand"
_NAMED = ", ".join(f"'{action}'" for action in WAYS_IN)
_GIVEN = f"e.at >= since AND e.action IN ({_NAMED})"
CREATE_IN_ONE_HAND = f"""
CREATE OR REPLACE FUNCTION {IN_ONE_HAND}(first uuid, second uuid, since timestamptz)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    WITH RECURSIVE held (who, holder) AS (
        VALUES (first, first), (second, second)
        UNION
        SELECT h.who, e.actor FROM held h JOIN public.audit_event e ON e.target = h.holder
        WHERE {_GIVEN}
    )
    SELECT EXISTS (
        SELECT FROM held one JOIN held other USING (holder)
        WHERE one.who = first AND other.who = second
    )
$body$"""


# The audit app's own: lets a sealed month go, after looking at the seal and the clock itself.
DROP_SEALED_MONTH = "audit_drop_sealed_month"
GRANT_IF_THERE = """
DO $$ BEGIN GRANT EXECUTE ON FUNCTION {function} TO {roles};
EXCEPTION WHEN undefined_function THEN NULL; END $$"""


def doors() -> Iterator[str]:
    yield GRANT_IF_THERE.format(function=f"{DROP_SEALED_MONTH}(uuid, uuid)", roles=APP)
    yield CREATE_UNIT_OF_MESSAGE
    yield f"REVOKE ALL ON FUNCTION {UNIT_OF_MESSAGE}(uuid, text) FROM PUBLIC"
    yield f'GRANT EXECUTE ON FUNCTION {UNIT_OF_MESSAGE}(uuid, text) TO "{APP}", "{WORKER}"'
    yield CREATE_IN_ONE_HAND
    yield f"REVOKE ALL ON FUNCTION {IN_ONE_HAND}(uuid, uuid, timestamptz) FROM PUBLIC"
    yield f'GRANT EXECUTE ON FUNCTION {IN_ONE_HAND}(uuid, uuid, timestamptz) TO "{APP}"'


def unit_of_message(message: uuid.UUID | None, provider_id: str) -> uuid.UUID | None:
    """The unit of a message, by our id or the provider's; None when it is not known.

    Asked only where the second lock is closed: without a context, and for jobs, rows are seen anyway.
    """
    if current_context() in (None, WORKER_CONTEXT):
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {UNIT_OF_MESSAGE}(%s, %s)", [message, provider_id])
        return cursor.fetchone()[0]


def is_in_one_hand(first: uuid.UUID, second: uuid.UUID, since: datetime) -> bool | None:
    """Whether one of two users, or a third, may have the ways in of both, given directly or through
    others.

    None where the second lock is open: the log itself can be asked.
    """
    if current_context() is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IN_ONE_HAND}(%s, %s, %s)", [first, second, since])
        return bool(cursor.fetchone()[0])
