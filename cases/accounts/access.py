"""The guard of a page: 403 for a page one may not use. Rows are guarded by `visible_to`: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from cases.accounts.models import User
from cases.accounts.roles import Permission

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request behind the sign-in: `user` is always one of our users."""

    user: User


def requires(permission: Permission) -> Callable[[View], View]:
    """Refuse the page to whoever has this permission nowhere."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def require_in_unit(user: User, permission: Permission, unit: UUID) -> None:
    """Refuse when the user lacks this permission in the row's own unit. Raises PermissionDenied."""
    if not user.may(permission, unit):
        raise PermissionDenied
