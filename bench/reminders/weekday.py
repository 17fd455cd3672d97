"""The Celery application on a day on which messages may be sent, whatever day it is.

Only for runs that must not depend on the calendar: `celery --app bench.reminders.weekday worker`.
"""

import os
from pathlib import Path

from celery.signals import worker_ready

from advisory.celery import app
from cases.core import working_days

__all__ = ["app"]

working_days.is_red_day = lambda day: False


@worker_ready.connect
def tell_that_it_is_ready(**_event):
    """A worker killed before this gives up by itself; `chaos` waits for the file."""
    (Path(os.environ["ADVISORY_DATA"]) / f"ready-{os.getpid()}").touch()
