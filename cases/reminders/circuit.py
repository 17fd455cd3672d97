"""Leaving a gateway alone that does not answer, so that messages are not used up on it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from cases.reminders.channels.base import UNANSWERED, Outcome
from cases.reminders.models import Circuit
from cases.reminders.pace import MOST_UNANSWERED, PAUSE, lasting


def left_alone(now: datetime) -> set[str]:
    """Channels whose gateway is being left alone just now."""
    return set(Circuit.objects.filter(open_until__gt=now).values_list("channel", flat=True))


def note(channel: str, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Count what stayed unanswered since the last answer; after a few, pause."""
    answers = [outcome.answer for outcome in outcomes]
    unanswered = sum(answer in UNANSWERED for answer in answers)
    if unanswered < len(answers):
        Circuit.objects.filter(channel=channel, failures__gt=0).update(failures=0, open_until=None)
        return
    circuit, _made = Circuit.objects.get_or_create(channel=channel)
    Circuit.objects.filter(pk=circuit.pk).update(failures=F("failures") + unanswered)
    Circuit.objects.filter(pk=circuit.pk, failures__gte=MOST_UNANSWERED).update(
        open_until=now + lasting(PAUSE)
    )
