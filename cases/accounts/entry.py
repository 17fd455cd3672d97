"""A link by which a user chooses a password: works once, for a day."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from cases.accounts.models import User


class EntryTokens(PasswordResetTokenGenerator):
    # The token is a digest over the password and the last sign-in: either makes it worthless.
    key_salt = "cases.accounts.entry"


tokens = EntryTokens()


def entry_path(user: User) -> str:
    return reverse("accounts:choose_password", args=[user.pk, tokens.make_token(user)])


def is_valid(user: User | None, token: str) -> bool:
    return user is not None and user.is_active and tokens.check_token(user, token)


def user_of(pk: object) -> User | None:
    """Before anybody is signed in: the link names the user."""
    return User.objects.active().filter(pk=pk).first()
