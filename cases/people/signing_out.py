"""Whoever signs out is done: the glass they have open is closed with it, in every browser."""

from typing import Any

from django.contrib.auth.signals import user_logged_out

from cases.accounts.models import User
from cases.audit.record import recorded
from cases.people.actions import end_glass


def close_the_glass(*, user: User | None, **_: Any) -> None:
    """Also outside a request's transaction: a session that ran out ends in a middleware."""
    if user is not None:
        with recorded(context=user.database_context()):
            end_glass(by=user)


user_logged_out.connect(close_the_glass)
