"""What surrounds a case: who has had it, what must be done, what was noted."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models.case import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import Row, both_or_neither
from cases.people.models import Person, visible_through
from cases.units.models import Unit


class Assignment(Row):
    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    adviser = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "case", "unit", "adviser", "assigned_at", "assigned_by"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class TaskKind(models.TextChoices):
    CALL_PERSON = "call_person", _("Call the person: a reminder did not go out")
    SETTLE_MESSAGE = "settle_message", _("Find out whether a message arrived")
    CHECK_CONTACT = (
        "check_contact",
        _("Check the contact details: a message could not be delivered"),
    )
    MOVE_MEETING = (
        "move_meeting",
        _("Move the meeting: whoever is booked for it must not meet the person"),
    )


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def open(self) -> Self:
        return self.filter(done_at=None)


class Task(Row):
    """Something a person must do because the program could not. One for each thing it is about."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20, choices=TaskKind)
    about = models.UUIDField()
    reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "case", "kind", "about", "reason", "created_at", "due_at", "done_at",
            "done_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="task_once"),
            both_or_neither("task_done", "done_at", "done_by"),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at"], condition=Q(done_at=None), name="task_open"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"


class Note(Row):
    """A short note. Written once and never changed; a correction is a new note."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    text = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "case", "unit", "text", "written_at", "written_by"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["case", "written_at"], name="note_of_case")]

    def __str__(self) -> str:
        return f"note {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person
