"""What files made by a job have in common: a state, a lease, and an end."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.core.fields import EncryptedTextField, Sealed


class FileState(models.TextChoices):
    NOT_YET = "not_yet", _("waits for approval")
    WAITING = "waiting", _("is being made")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be made")
    DESTROYED = "destroyed", _("deleted")


class Problem(models.TextChoices):
    NO_PDF = "no_pdf", _("A PDF can not be made on this machine: the program Pango is missing.")
    FAULT = "fault", _("The program failed to make the file. Ask again, and tell an administrator.")
    NOBODY = "nobody", _("Nobody is left who may be exported. Nothing is exported.")
    NOT_CURRENT = (
        "outdated",
        _("The file held somebody who may not be exported any more. It is destroyed."),
    )
    ERASED = (
        "erased",
        _("A case that the file held is deleted, so the file is destroyed too. Ask for a new one."),
    )


FILE_FIELDS = {
    "file", "file_state", "lease_until", "attempt", "made_at", "delete_at", "problem",
}  # fmt: skip


class FileQuerySet(models.QuerySet[Any]):
    def to_make(self, now: datetime) -> Self:
        """Waiting, or left behind by a worker that is gone."""
        lapsed = Q(file_state=FileState.MAKING, lease_until__lt=now)
        return self.filter(Q(file_state=FileState.WAITING) | lapsed)

    def to_delete(self, now: datetime) -> Self:
        return self.filter(file_state=FileState.READY, delete_at__lte=now)

    def without_file(self) -> Self:
        """For lists: the sealed file is large and not shown."""
        return self.defer("file")


class MadeFile(models.Model):
    """The row is the queue: a nudge finds it. `attempt` is the fencing token of its lease."""

    file = EncryptedTextField(default="")  # base64
    file_state = models.CharField(
        _("file"), max_length=10, choices=FileState, default=FileState.WAITING
    )
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(_("made"), null=True)
    delete_at = models.DateTimeField(_("to be deleted"), null=True)
    problem = models.CharField(max_length=10, choices=Problem, blank=True)

    class Meta:
        abstract = True

    def forget_erased_content(self) -> bool:
        """Whether there was a file; one that is being made is made anew, of what is left.

        Nothing is opened: that a key is lost keeps no file.
        """
        this = type(self)._base_manager.filter(pk=self.pk)
        this.filter(file_state=FileState.MAKING).update(
            file_state=FileState.WAITING, lease_until=None
        )
        destroyed = this.filter(file_state=FileState.READY).update(
            file=Sealed(b""), file_state=FileState.DESTROYED, problem=Problem.ERASED
        )
        return bool(destroyed)

    @property
    def is_ready(self) -> bool:
        """A file whose time is up is gone, also while nobody is there to destroy it."""
        is_over = self.delete_at is not None and self.delete_at <= timezone.now()
        return self.file_state == FileState.READY and not is_over

    @property
    def is_being_made(self) -> bool:
        return self.file_state in (FileState.WAITING, FileState.MAKING)
