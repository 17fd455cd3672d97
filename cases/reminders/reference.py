"""The rules every unit starts with."""

from cases.reminders.models import Channel, MessageKind, ReminderRule

# A week before by both ways, the day before where it is seen at once, changes by both.
SHARED_RULES = {
    (MessageKind.WEEK_BEFORE, Channel.SMS): True,
    (MessageKind.WEEK_BEFORE, Channel.EMAIL): True,
    (MessageKind.DAY_BEFORE, Channel.SMS): True,
    (MessageKind.DAY_BEFORE, Channel.EMAIL): False,
    (MessageKind.MOVED, Channel.SMS): True,
    (MessageKind.MOVED, Channel.EMAIL): True,
    (MessageKind.CANCELLED, Channel.SMS): True,
    (MessageKind.CANCELLED, Channel.EMAIL): True,
}


def load_rules() -> None:
    """Loaded once, and again without harm: a rule that stands is left as it is."""
    for (kind, channel), is_on in SHARED_RULES.items():
        ReminderRule.objects.get_or_create(
            unit=None, kind=kind, channel=channel, defaults={"is_on": is_on}
        )
