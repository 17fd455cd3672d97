"""Nudges: "look now". No arguments, nothing to lose; the rows in the database are the queue."""

from celery import shared_task

from cases.reminders import planning, sending
from cases.reminders.pace import database_now


@shared_task
def plan_reminders() -> None:
    planning.plan_reminders(database_now())


@shared_task
def send_reminders() -> None:
    sending.send_due()
