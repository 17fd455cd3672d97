from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Whoever may no longer sign in gets the answer of a wrong password.

        allauth would send them to a page of their own, which tells that the password was right.
        """
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None
