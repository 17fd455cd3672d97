"""Who did and who read what. No foreign keys: an event outlives what it tells about.

An event holds references and field names, never content. Each unit has a chain of its own.
"""

import hashlib
import json
import uuid

from django.db import models

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


# What the hash covers has grown once; events from before keep the hash they have.
FIRST_FORMAT, THIS_FORMAT = 1, 2


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
    persons = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    purpose = models.CharField(max_length=60, blank=True)
    legal_basis = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=12, choices=Tier, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # a code, never free text
    client = models.CharField(max_length=10, choices=Client, blank=True)
    format = models.PositiveSmallIntegerField(default=THIS_FORMAT)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Privacy:
        kept = {
            "id", "unit", "sequence", "at", "request", "actor", "actor_roles", "action", "outcome",
            "target_kind", "target", "persons", "fields", "purpose", "legal_basis", "tier", "reason",
            "client", "format", "previous_hash", "hash",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "sequence"], name="audit_event_sequence"),
        ]
        indexes = [models.Index(fields=["target", "at"], name="audit_event_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.sequence}"

    def chained_hash(self) -> str:
        """SHA-256 over every field and the hash before, 64 hexadecimal characters."""
        content = [
            str(self.id), str(self.unit), self.sequence, self.at.isoformat(), str(self.request),
            str(self.actor), self.actor_roles, self.action, self.outcome, self.target_kind,
            str(self.target), self.persons, self.fields, self.purpose, self.previous_hash,
        ]  # fmt: skip
        if self.format >= THIS_FORMAT:
            content += [self.format, self.legal_basis, self.tier, self.reason, self.client]
        return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


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
