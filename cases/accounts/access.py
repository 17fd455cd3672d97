"""The guard of a page: 403 for a page one may not use. Rows are guarded by `visible_to`: 404."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.proof import provider_proved_second_factor
from cases.accounts.roles import Permission
from cases.accounts.unsent import keep_unsent

View = Callable[..., HttpResponse]
# How long a proof of who somebody is counts as fresh.
FRESH = timedelta(minutes=10)
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class StaffRequest(HttpRequest):
    """A request behind the sign-in: `user` is always one of our users."""

    user: User


class ReasonNeeded(Exception):
    """The row may be opened, but only after saying why. `address`, with a query, is where that is done."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def requires(permission: Permission) -> Callable[[View], View]:
    """Refuse the page to whoever has this permission nowhere."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.may(permission):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except ReasonNeeded as needed:
                # A colleague may have got the case while somebody wrote: it is sent again afterwards.
                kept = keep_unsent(request, request.user)
                return redirect(f"{needed.address}&kept={kept}" if kept else needed.address)

        return guarded

    return decorate


def require_in_unit(user: User, permission: Permission, unit: UUID) -> None:
    """Refuse when the user lacks this permission in the row's own unit. Raises PermissionDenied."""
    if not user.may(permission, unit):
        raise PermissionDenied


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey is set up. Recovery codes alone are none."""
    return bool(is_mfa_enabled(user, SECOND_FACTORS))


def has_fresh_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session within the last ten minutes.

    An app's code, a recovery code or a passkey counts, at the sign-in or at a confirmation since, and
    so does a sign-in elsewhere that was recorded with `second_factor=True`. Where none is demanded
    (practice) and none is set up, the password counts; whoever has no password here either came
    through another sign-in, and has nothing to confirm with.
    """
    user = request.user
    if not isinstance(user, User):
        return False
    earliest = (timezone.now() - FRESH).timestamp()
    fresh = [r for r in get_authentication_records(request, user) if r["at"] >= earliest]
    if any(r["method"] == "mfa" or r.get("second_factor") is True for r in fresh):
        return True
    if settings.REQUIRE_SECOND_FACTOR or has_second_factor(user):
        return False
    return bool(fresh) or not user.has_usable_password()


def ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to the page where the second factor is shown, or set up first, and then back here.

    What was being sent is kept meanwhile, and can be sent again afterwards.
    """
    user = request.user
    kept = keep_unsent(request, user) if isinstance(user, User) else None
    back = reverse("accounts:unsent", args=[kept]) if kept else request.get_full_path()
    if isinstance(user, User) and provider_proved_second_factor(request, user):
        page = "oidc:confirm"
    elif is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        page = "mfa_reauthenticate"
    elif is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]):
        page = "mfa_reauthenticate_webauthn"
    else:
        page = "mfa_index" if settings.REQUIRE_SECOND_FACTOR else "account_reauthenticate"
    return redirect(reverse(page, query={"next": back}))


def requires_fresh_second_factor(view: View) -> View:
    """Ask for the second factor before this page, unless it was shown a moment ago."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_fresh_second_factor(request):
            return ask_for_second_factor(request)
        return view(request, *args, **kwargs)

    return guarded
