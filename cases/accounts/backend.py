from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from cases.accounts.models import User
from cases.accounts.sessions import take_user_of_session


class Backend(AuthenticationBackend):
    """allauth's, with the user who came along when the session was read."""

    def get_user(self, user_id: Any) -> User | None:
        user = take_user_of_session(user_id)
        if user is None:
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None
