"""Who did and who read what. No foreign keys: an event outlives what it tells about.

An event holds references and field names, never content. Each unit has a chain of its own.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Self

from django.db import models
from django.db.models import Q

from cases.audit.purposes import READING
from cases.core.models import Row

INSTALLATION = uuid.UUID(int=0)  # the chain of what belongs to no unit


class Outcome(models.TextChoices):
    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class Tier(models.TextChoices):
    """How the user came to the person: by assignment, by a declared reason, or by breaking the glass."""

    NONE = "", "none"
    NORMAL = "normal"
    DECLARED = "declared"
    BREAK_GLASS = "break_glass"


class Client(models.TextChoices):
    """Through which door an event came."""

    UNKNOWN = "", "unknown"
    WEB = "web"
    ADMIN = "admin"
    API = "api"
    HOOK = "hook"
    JOB = "job"
    COMMAND = "command"


# What the hash covers has grown twice; events from before keep the hash they have.
WITH_TIER, THIS_FORMAT = 2, 3


class EventQuerySet(models.QuerySet["Event"]):
    def of_unit(self, unit: uuid.UUID) -> Self:
        return self.filter(unit=unit)

    def about_person(self, person: uuid.UUID) -> Self:
        """Every event that names the person, also a list that showed them among others."""
        return self.filter(pk__in=EventPerson.objects.filter(person=person).values("event"))

    def about_case(self, case: uuid.UUID) -> Self:
        """What was opened or done in this case; lists name the person (`about_person`)."""
        return self.filter(case=case)

    def by_actor(self, user: uuid.UUID) -> Self:
        return self.filter(actor=user)

    def reads(self) -> Self:
        """Events that showed something, of those that did happen."""
        ends = Q()
        for word in READING:
            ends |= Q(action__endswith=f".{word}")
        return self.filter(ends, outcome=Outcome.DONE)

    def between(self, first: datetime, last: datetime) -> Self:
        """From the first moment, up to and not including the last."""
        return self.filter(at__gte=first, at__lt=last)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-sequence")


class Event(Row):
    unit = models.UUIDField()
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    request = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    actor_roles = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DONE)
    target_kind = models.CharField(max_length=40, blank=True)
    target = models.UUIDField(null=True)
    case = models.UUIDField(null=True)  # the case that the target is, or is a part of
    persons = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    # How many rows were shown or hits found, and the keyed hash of the words searched for.
    count = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=60, blank=True)
    legal_basis = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=12, choices=Tier, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # a code, never free text
    client = models.CharField(max_length=10, choices=Client, blank=True)
    format = models.PositiveSmallIntegerField(default=THIS_FORMAT)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "unit", "sequence", "at", "request", "actor", "actor_roles", "action", "outcome",
            "target_kind", "target", "case", "persons", "fields", "count", "words", "purpose",
            "legal_basis", "tier", "reason", "client", "format", "previous_hash", "hash",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "sequence"], name="audit_event_sequence"),
        ]
        indexes = [
            models.Index(fields=["target", "at"], name="audit_event_target"),
            models.Index(fields=["case", "at"], name="audit_event_case"),
            models.Index(fields=["actor", "at"], name="audit_event_actor"),
            models.Index(fields=["unit", "at"], name="audit_event_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.sequence}"

    def chained_hash(self) -> str:
        return event_hash(columns_of(self))


# What an event's hash is made of, in the order of `event_hash`.
HASHED = (
    "id", "unit", "sequence", "at", "request", "actor", "actor_roles", "action", "outcome",
    "target_kind", "target", "persons", "fields", "purpose", "previous_hash",
    "format", "legal_basis", "tier", "reason", "client", "case", "count", "words",
)  # fmt: skip
columns_of = attrgetter(*HASHED)


def event_hash(columns: Sequence[Any]) -> str:
    """SHA-256 over the columns `HASHED` and the hash before, 64 hexadecimal characters."""
    (
        pk, unit, sequence, at, request, actor, roles, action, outcome, target_kind, target,
        persons, fields, purpose, previous_hash, form, legal_basis, tier, reason, client, case,
        count, words,
    ) = columns  # fmt: skip
    content = [
        str(pk), str(unit), sequence, at.isoformat(), str(request), str(actor), roles, action,
        outcome, target_kind, str(target), persons, fields, purpose, previous_hash,
    ]  # fmt: skip
    if form >= WITH_TIER:
        content += [form, legal_basis, tier, reason, client]
    if form >= THIS_FORMAT:
        content += [str(case), count, words]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


class EventPerson(models.Model):
    """Finds the events that name a person; `Event.persons` is what the hash covers."""

    unit = models.UUIDField()
    person = models.UUIDField()
    event = models.UUIDField()

    class Privacy:
        kept = {"id", "unit", "person", "event"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "event"], name="audit_eventperson_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.event}"


class Head(models.Model):
    """The end of a unit's chain; locked while the chain grows."""

    unit = models.UUIDField(primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Privacy:
        kept = {"unit", "sequence", "hash"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    def __str__(self) -> str:
        return f"{self.unit} {self.sequence}"
