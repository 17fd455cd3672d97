"""The nudge that has the log verified; whether it is time, the database says."""

from celery import shared_task
from django.utils import timezone

from cases.oversight import verifying

AN_HOUR = 3600  # a log of years takes longer than other jobs may


@shared_task(time_limit=AN_HOUR)
def verify_audit() -> None:
    verifying.verify_when_due(timezone.now())
