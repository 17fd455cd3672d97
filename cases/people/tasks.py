"""Nudges: "look now". No arguments; the rows in the database are the queue."""

from celery import shared_task
from django.utils import timezone

from cases.people.actions import end_glasses_run_out


@shared_task
def end_glasses() -> None:
    end_glasses_run_out(now=timezone.now())
