"""The nudge that writes the heads of the chains outside the database."""

from celery import shared_task
from django.utils import timezone

from cases.audit import anchoring


@shared_task
def anchor_heads() -> None:
    anchoring.anchor(timezone.now())
