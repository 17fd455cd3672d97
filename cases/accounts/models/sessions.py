"""What a browser leaves with us while somebody works: a session, and what they typed and did not send."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models.users import User
from cases.core.fields import EncryptedTextField
from cases.core.models import DataKeyHolder, Row


class Draft(DataKeyHolder, Row):
    """What a user has typed into a form and not sent. Seen by its owner only; not a record."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=40)
    # Which of the owner's drafts of that form: a legal basis, or made up for what was not sent.
    about = models.CharField(max_length=36, blank=True)
    # Every id in what is kept and in its page's address: a draft goes with the rows it is about.
    ids = models.JSONField(default=list)
    content = EncryptedTextField()
    saved_at = models.DateTimeField()

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "owner", "form", "about", "ids", "content", "saved_at", "wrapped_key"}
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "form", "about"], name="draft_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.saved_at:%Y-%m-%d %H:%M}"

    def key_holder(self) -> "Draft":
        return self


class UserSession(AbstractBaseSession):
    """A signed-in browser, or one on its way there. Written by `cases.accounts.sessions` alone.

    The key is a digest: whoever reads the table can not sign in with it. No address is kept.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=40, blank=True)

    class Privacy:
        kept: set[str] = set()
        erased = {
            "session_key", "session_data", "expire_date", "user", "started_at", "seen_at", "browser",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"session {self.session_key[:6]}"
