"""What allauth asks us: who may sign in, how failures are counted, how one confirms oneself."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases.accounts.access import has_second_factor
from cases.accounts.browsers import browser_code, browser_words
from cases.accounts.guessing import password_key
from cases.accounts.machines import may_come_in
from cases.accounts.models import User
from cases.accounts.proof import came_through_provider
from cases.accounts.secrets import open_secret, seal_secret
from cases.accounts.sessions import BROWSER, clear_old_sessions, end_sessions
from cases.audit.models import Outcome
from cases.audit.record import record
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
        return user if isinstance(user, User) and may_come_in(user) else None

    def get_login_stages(self) -> list[str]:
        """A sign-in provider may have proved the second factor already."""
        stages = super().get_login_stages()
        return [OUR_STAGE if stage == ALLAUTH_STAGE else stage for stage in stages]

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Whoever came through a provider is told that they are still signed in there."""
        if request.user.is_authenticated and came_through_provider(request):
            return reverse("oidc:signed_out")
        return super().get_logout_redirect_url(request)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Stopped between two steps of a sign-in: begin again, as anybody would."""
        return redirect("account_login")

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """The address is the user's own: there is no other table of addresses to ask."""
        assert isinstance(user, User)
        proven = self.authenticate(self.request, email=user.email, password=password)
        return proven is not None and proven.pk == user.pk

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second factor confirms with it: the password alone proves too little."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and has_second_factor(user):
            ways = [way for way in ways if way["id"] != "reauthenticate"]
        return ways

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """From here on the database shows what is this user's: their memberships, their units."""
        assert isinstance(user, User)
        enter_units((), user=user.pk)
        enter_units(user.database_context().units)
        super().login(request, user)
        record("user.signed_in", by=user, target=user, fields=_proofs(request, user))
        request.session[BROWSER] = browser_code(request.headers.get("User-Agent", ""))
        clear_old_sessions()

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            record("user.signed_out", by=request.user, target=request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The same work for a known user and an unknown one, or the time would tell them apart."""
        tried = User.objects.filter(email=credentials.get("email", "").lower()).first()
        record("user.sign_in_failed", by=None, target=tried, outcome=Outcome.DENIED)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: str | None = None
    ) -> None:
        """After a change of the password the log is told, not a mailbox; of a factor, see factors.py."""
        folder, what = template_prefix.split("/")[0], template_prefix.rpartition("/")[2]
        if folder == "account":
            record("user.sign_in_changed", by=user, target=user, fields=[what])

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password ends every other session of this user."""
        super().set_password(user, password)
        assert isinstance(user, User)
        end_sessions(user, but=self.request.session.session_key)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts per host name; the same user is the same user under every name.
        return password_key(credentials.get("email", ""))


def _proofs(request: HttpRequest, user: User) -> set[str]:
    """What was shown at this sign-in: password, totp, webauthn, recovery_codes, …"""
    records = get_authentication_records(request, user)
    return {str(record.get("type") or record["method"]) for record in records}


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are sealed; each change is in the log."""

    def encrypt(self, text: str) -> str:
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_secret(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Advisory"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What stands in the form before the user finds a better name."""
        return browser_words(browser_code(context.request.headers.get("User-Agent", "")))
