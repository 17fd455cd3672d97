"""Connecting a user with an account at the provider, each with its audit event."""

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.core.database.uniqueness import unique_or
from cases.oidc.models import Identity, subject_hashes


class AlreadyConnected(Exception):
    """The account is another user's, or the user has another account there."""


def connect(*, user: User, issuer: str, subject: str, by: User) -> Identity:
    """Let this account sign the user in from now on. Raises AlreadyConnected."""
    hashes = subject_hashes(subject)
    with recorded():
        if Identity.objects.filter(subject_hash__in=hashes).exists():
            raise AlreadyConnected
        identity = Identity(
            user=user, issuer=issuer, subject=subject, subject_hash=hashes[0],
            connected_at=timezone.now(),
        )  # fmt: skip
        with unique_or(AlreadyConnected):
            identity.save(force_insert=True)
        record("identity.connected", by=by, target=user)
    return identity


def disconnect(*, user: User, issuer: str, by: User) -> None:
    """The account at the provider no longer opens anything here."""
    with recorded():
        gone, _by_model = Identity.objects.filter(user=user, issuer=issuer).delete()
        if gone:
            record("identity.disconnected", by=by, target=user)
