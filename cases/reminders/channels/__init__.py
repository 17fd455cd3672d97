"""The ways out of the house. Each takes parcels and says for every one what came of it.

In practice mode a way without an address ends on the mock phone; in production it is not set up.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings

from cases.reminders.channels.base import HandOver
from cases.reminders.channels.email import Mailbox
from cases.reminders.channels.mock import MockPhone
from cases.reminders.channels.sms import SmsGateway
from cases.reminders.models import Channel


def channels_set_up() -> set[Channel]:
    if not settings.PRODUCTION:
        return set(Channel)
    addresses = {Channel.SMS: settings.SMS_URL, Channel.EMAIL: settings.EMAIL_URL}
    return {channel for channel, address in addresses.items() if address}


@contextmanager
def open_channels() -> Iterator[dict[Channel, HandOver]]:
    """What is set up, with connections that are kept through the whole sweep."""
    with ExitStack() as stack:
        channels: dict[Channel, HandOver] = {}
        for channel in channels_set_up():
            if channel == Channel.SMS and settings.SMS_URL:
                channels[channel] = stack.enter_context(SmsGateway())
            elif channel == Channel.EMAIL and settings.EMAIL_URL:
                channels[channel] = Mailbox()
            else:
                channels[channel] = MockPhone()
        yield channels
