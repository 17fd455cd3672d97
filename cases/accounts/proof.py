"""How this session was opened, as far as a sign-in provider vouches for it.

allauth keeps the list of proofs in the session, bound to the user; a provider's proof is one more.
"""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

from cases.accounts.models import User

PROVIDER = "oidc"


def record_provider_proof(
    request: HttpRequest, user: User, *, second_factor: bool, fresh: bool = False
) -> None:
    """Note that the provider says it is this user, and whether it has seen a second factor.

    `fresh`: the provider was asked to let its user prove it anew, and says that it has.
    """
    record_authentication(
        request,
        user,
        method=PROVIDER,
        second_factor=second_factor,
        reauthenticated=True if fresh else None,
    )


def came_through_provider(request: HttpRequest) -> bool:
    return any(one.get("method") == PROVIDER for one in _records(request, request.user))


def provider_proved_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether our own second factor is not needed in this session."""
    return provider_proved_second_factor_at(request, user) is not None


def provider_proved_second_factor_at(
    request: HttpRequest, user: User, *, fresh: bool = False
) -> float | None:
    """When the provider last did so, in seconds since 1970; `fresh` counts only proofs made anew."""
    moments = [
        one["at"]
        for one in _records(request, user)
        if one.get("method") == PROVIDER and one.get("second_factor")
        if one.get("reauthenticated") or not fresh
    ]
    return max(moments, default=None)


def _records(request: HttpRequest, user: object) -> list[dict]:
    return get_authentication_records(request, user)
