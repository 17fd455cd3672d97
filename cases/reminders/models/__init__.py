from cases.reminders.models.machinery import Circuit, EarlyReceipt, Heartbeat, MockDelivery
from cases.reminders.models.message import (
    LEFT_THE_HOUSE,
    MAY_HAVE_REACHED,
    OPEN_STATES,
    WAITING_STATES,
    Channel,
    Message,
    MessageEvent,
    MessageKind,
    MessageState,
)
from cases.reminders.models.rules import ReminderRule

__all__ = [
    "LEFT_THE_HOUSE",
    "MAY_HAVE_REACHED",
    "OPEN_STATES",
    "WAITING_STATES",
    "Channel",
    "Circuit",
    "EarlyReceipt",
    "Heartbeat",
    "Message",
    "MessageEvent",
    "MessageKind",
    "MessageState",
    "MockDelivery",
    "ReminderRule",
]
