from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from cases.accounts.models import User
from cases.accounts.proof import came_through_provider
from cases.core.database.context import enter_units

ALLAUTH_STAGE = "allauth.mfa.stages.AuthenticateStage"
OUR_STAGE = "cases.accounts.stages.SecondFactorStage"


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

    def login(self, request: HttpRequest, user: User) -> None:
        """From here on the database shows what is this user's: their memberships, their units."""
        enter_units((), user=user.pk)
        enter_units(user.database_context().units)
        super().login(request, user)

    def get_login_stages(self) -> list[str]:
        """A sign-in provider may have proved the second factor already."""
        stages = super().get_login_stages()
        return [OUR_STAGE if stage == ALLAUTH_STAGE else stage for stage in stages]

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Whoever came through a provider is told that they are still signed in there."""
        if request.user.is_authenticated and came_through_provider(request):
            return reverse("oidc:signed_out")
        return super().get_logout_redirect_url(request)
