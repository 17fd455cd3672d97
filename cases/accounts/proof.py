"""How this session was opened, as far as a sign-in provider vouches for it.

allauth keeps the list of proofs in the session, bound to the user; a provider's proof is one more.
"""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

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


def _records(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    return get_authentication_records(request, user)
