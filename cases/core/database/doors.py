"""The reviewed ways through the wall: functions that run with the owner's rights.

Each answers one question with as little as can be said, and names what it reads.
"""

import uuid
from collections.abc import Iterator

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


def unit_of_message(message: uuid.UUID | None, provider_id: str) -> uuid.UUID | None:
    """The unit of a message, by our id or the provider's; None when it is not known.

    Asked only where the second lock is closed: without a context, and for jobs, rows are seen anyway.
    """
    if current_context() in (None, WORKER_CONTEXT):
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {UNIT_OF_MESSAGE}(%s, %s)", [message, provider_id])
        return cursor.fetchone()[0]
