from cases.audit.models.events import (
    HASHED,
    INSTALLATION,
    Client,
    Event,
    EventPerson,
    EventQuerySet,
    Head,
    Outcome,
    Tier,
    event_hash,
)
from cases.audit.models.seals import MONTHS_KEPT, Seal, oldest_month_kept

__all__ = [
    "HASHED",
    "INSTALLATION",
    "MONTHS_KEPT",
    "Client",
    "Event",
    "EventPerson",
    "EventQuerySet",
    "Head",
    "Outcome",
    "Seal",
    "Tier",
    "event_hash",
    "oldest_month_kept",
]
