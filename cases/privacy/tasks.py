"""A nudge: "look now". The rows in the database are the queue."""

from celery import shared_task

from cases.privacy import sweeping


@shared_task
def make_files() -> None:
    sweeping.sweep()
