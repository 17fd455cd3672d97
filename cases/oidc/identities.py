"""Whose account it is: the user it is connected with, or the one whose proven e-mail it has."""

from cases.accounts.machines import may_come_in
from cases.accounts.models import User
from cases.oidc.actions import AlreadyConnected, connect
from cases.oidc.models import Identity, subject_hashes
from cases.oidc.tokens import Proven


def user_of(proven: Proven, issuer: str) -> User | None:
    """The user who may come in with this account; None for everybody else alike.

    The first time, an e-mail that the provider vouches for connects the account with the user of
    that e-mail. A user who has an account there already gets no second one: an address that was
    given to somebody else must not open the house.
    """
    identity = Identity.objects.filter(subject_hash__in=subject_hashes(proven.subject)).first()
    if identity is not None:
        known = User.objects.active().filter(pk=identity.user_id).first()
        return known if known is not None and may_come_in(known) else None
    if not proven.verified_email:
        return None
    user = User.objects.active().filter(email=proven.verified_email).first()
    if user is None or not may_come_in(user):
        return None
    try:
        connect(user=user, issuer=issuer, subject=proven.subject, by=user)
    except AlreadyConnected:
        return None
    return user


def is_connected(user: User, issuer: str) -> bool:
    return Identity.objects.filter(user=user, issuer=issuer).exists()


def is_account_of(user: User, proven: Proven) -> bool:
    return Identity.objects.filter(
        user=user, subject_hash__in=subject_hashes(proven.subject)
    ).exists()
