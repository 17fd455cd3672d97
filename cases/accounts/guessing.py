"""How often a user's password or code was guessed wrong, and letting in whoever was locked by that.

allauth counts in the cache, which is a table of the database: every process sees the same numbers.
Names of users and addresses of browsers are in it as digests, for a quarter of an hour.
"""

from collections.abc import Iterable
from uuid import UUID

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.utils import timezone

from cases.accounts.models import User

APP, ACTION = "allauth.account", "login_failed"


def password_key(email: str) -> str:
    return f"user:{email.lower()}"


def code_key(user: User) -> str:
    """allauth's own key for codes of an app, recovery codes and passkeys."""
    return f"mfa-auth-user-{user.pk}"


def _counters(user: User) -> dict[str, ratelimit.Rate]:
    """The counters of this user, password and code, with what they allow."""
    per_user = [r for r in ratelimit.get_rates(app=APP, action=ACTION) if r.per == "key"]
    return {
        ratelimit.get_cache_key(None, app=APP, action=ACTION, rate=rate, key=key): rate
        for rate in per_user
        for key in (password_key(user.email), code_key(user))
    }


def locked_among(users: Iterable[User]) -> set[UUID]:
    """Those who are refused for now, the right password or not. One query."""
    counters = {user.pk: _counters(user) for user in users}
    counted = cache.get_many([key for of_user in counters.values() for key in of_user])
    now = timezone.now().timestamp()
    return {
        pk
        for pk, of_user in counters.items()
        for key, rate in of_user.items()
        if sum(at > now - rate.duration for at in counted.get(key, ())) >= rate.amount
    }


def forget_failures(user: User) -> None:
    cache.delete_many(list(_counters(user)))
