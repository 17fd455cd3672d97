"""Which account at the provider belongs to which of our users."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.core.crypto import lookup_hashes
from cases.core.fields import EncryptedTextField, LookupHashField
from cases.core.models import DataKeyHolder, Row


class Identity(DataKeyHolder, Row):
    """A user's account at a provider, found by a keyed hash; neither its name nor its number is kept.

    `subject` is the digest that the hash is made of, sealed: it lets the hash be made anew when the
    index key rotates, and nothing else.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=200)
    subject = EncryptedTextField()
    subject_hash = LookupHashField(
        of=lambda row: subject_hashes(row.subject)[0], unique=True, editable=False
    )
    connected_at = models.DateTimeField()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "user", "issuer", "subject", "subject_hash", "connected_at", "wrapped_key",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("account at the sign-in provider")
        verbose_name_plural = _("accounts at the sign-in provider")
        constraints = [
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"identity {self.pk}"

    def key_holder(self) -> "Identity":
        return self


def subject_hashes(subject: str) -> list[str]:
    """The first is written, all of them are looked for."""
    return lookup_hashes("oidc subject", subject)
