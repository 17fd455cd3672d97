"""How long things may take. Tests and chaos runs shorten all of it by one factor."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

BATCH = 250
FIRST_IN_FLIGHT = 5  # until the gateway has answered once
MOST_UNANSWERED = 5  # in a row; then the gateway is left alone for a while

# Seconds. A batch must be over before its lease, also when it first waits for the one before it, and
# a sweep before Celery's time limit: 250 messages with 100 in flight (SMS_IN_FLIGHT) take at most three times
# connecting and answering.
CONNECT = 3
ANSWER = 10
LEASE = 90
SWEEP = 40
PAUSE = 60
WAIT_FOR_RECEIPT = 600
BACK_OFF = (30, 120, 480, 1800, 7200)
SPREAD = 0.2


def scaled(seconds: float) -> float:
    return seconds * settings.REMINDER_TIME_FACTOR


def lasting(seconds: float) -> timedelta:
    return timedelta(seconds=scaled(seconds))


def back_off(attempt: int) -> timedelta:
    """How long to wait after this many attempts, spread so that they do not come back together."""
    seconds = BACK_OFF[min(attempt, len(BACK_OFF)) - 1]
    return lasting(seconds * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311


def database_now() -> datetime:
    """The database's clock, which all workers share; a worker's own may be wrong."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
