"""What users change about themselves."""

from cases.accounts.guessing import forget_failures
from cases.accounts.models import User
from cases.accounts.sessions import end_sessions
from cases.audit.record import record, recorded


def change_settings(*, user: User, language: str, colour_scheme: str, by: User) -> User:
    with recorded():
        user.language, user.colour_scheme = language, colour_scheme
        user.save(update_fields=["language", "colour_scheme"])
        record("user.settings_changed", by=by, target=user, fields=["language", "colour_scheme"])
    return user


def end_own_sessions(*, by: User, but: str, only: str = "") -> int:
    """Sign oneself out elsewhere: everywhere but here, or in one browser. The number of sessions."""
    with recorded():
        ended = end_sessions(by, but=but, only=only)
        record("user.sessions_ended", by=by, target=by, fields=[f"{ended} ended"])
    return ended


def choose_password(*, user: User, password: str, by: User) -> None:
    """Of somebody who was given a link: their first password, or a new one for a forgotten one."""
    with recorded():
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user)
        forget_failures(user)
        record("user.password_chosen", by=by, target=user)
