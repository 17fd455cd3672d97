"""What follows when a second factor comes or goes: the log is told, and other sessions end.

allauth tells after the transaction, when nothing can be written in the log any more; the row itself
tells inside it.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from cases.accounts.models import User
from cases.accounts.sessions import end_sessions
from cases.audit.record import record, recorded


@receiver(post_save, sender=Authenticator)
def _factor_added(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """A session that began with the password alone must not become a full one."""
    if created:
        _tell(instance, "added")
        end_sessions(instance.user, but=_key_of_this_session(instance.user))


@receiver(post_delete, sender=Authenticator)
def _factor_removed(instance: Authenticator, **kwargs: Any) -> None:
    _tell(instance, "removed")


def _tell(factor: Authenticator, what: str) -> None:
    by = getattr(context.request, "user", None)
    with recorded():
        record(
            "user.sign_in_changed",
            by=by if isinstance(by, User) else None,
            target=factor.user,
            fields=[f"{factor.type}_{what}"],
        )


def _key_of_this_session(owner: User) -> str | None:
    """The key of the session in which the owner is adding it; None when somebody else is."""
    request = context.request
    if request is None or getattr(request, "user", None) != owner:
        return None
    key: str | None = request.session.session_key
    return key
