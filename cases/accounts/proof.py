"""How this session was opened, as far as a sign-in provider vouches for it.

allauth keeps the list of proofs in the session, bound to the user; a provider's proof is one more.
"""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from cases.accounts.models import User

PROVIDER = "oidc"


def record_provider_proof(
    request: HttpRequest, user: User, *, second_factor: bool, fresh: bool
) -> None:
    """Note that the provider says it is this user, and whether it has seen a second factor.

    `fresh`: it has seen them just now; a session of this morning opens the house but confirms
    nothing (`has_fresh_second_factor` looks for `second_factor`).
    """
    record_authentication(
        request,
        user,
        method=PROVIDER,
        proved_second_factor=second_factor,
        second_factor=True if second_factor and fresh else None,
        reauthenticated=True if fresh else None,
    )


def came_through_provider(request: HttpRequest) -> bool:
    return any(one["method"] == PROVIDER for one in _records(request, request.user))


def provider_proved_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether our own second factor is not needed in this session."""
    return any(
        one["method"] == PROVIDER and one.get("proved_second_factor") is True
        for one in _records(request, user)
    )


def must_confirm_at_provider(request: HttpRequest) -> bool:
    """Whether nothing but the provider can confirm this user, and has not done so just now.

    allauth takes whoever has neither password nor second factor here for confirmed.
    """
    user = request.user
    if not isinstance(user, User) or get_reauthentication_flows(user):
        return False
    if not settings.OIDC_ISSUER and not came_through_provider(request):
        return False
    earliest = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return not any(
        one["method"] == PROVIDER and one.get("reauthenticated") and one["at"] >= earliest
        for one in _records(request, user)
    )


def _records(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    return get_authentication_records(request, user)
