"""Sessions in the database, with whose they are and how long they last.

Django's own engine with three differences: the key in the table is a digest of the one in the cookie,
a row says who is signed in since when, and two limits end it, asked by the middleware.
"""

import hashlib
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from cases.accounts.models import User, UserSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# The row is written at most this often, so a session may end this much before its thirty minutes.
SEEN_EVERY = timedelta(minutes=1)
STARTED, SEEN, BROWSER = "started_at", "seen_at", "browser"


def stored_key(key: str) -> str:
    """What stands in the table for the key in the cookie: 160 bits of its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


# The user of the session that was read last, until the sign-in asks for them: one query for both.
_came_with_session: ContextVar[User | None] = ContextVar("came_with_session", default=None)


def take_user_of_session(user_id: object) -> User | None:
    """The user who came with the session just read, once; nobody when it is somebody else's."""
    user = _came_with_session.get()
    _came_with_session.set(None)
    return user if user is not None and str(user.pk) == str(user_id) else None


class SessionStore(db.SessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        _came_with_session.set(None)  # nothing of the request before

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def _get_session_from_db(self) -> UserSession | None:
        key, now = stored_key(self.session_key or ""), timezone.now()
        rows = UserSession.objects.select_related("user")
        row = rows.filter(session_key=key, expire_date__gt=now).first()
        if row is None:
            self._session_key = None
        _came_with_session.set(row.user if row is not None else None)
        return row

    def exists(self, session_key: str) -> bool:
        return UserSession.objects.filter(session_key=stored_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        """The row as it will be saved. The clock starts when a user comes into the session."""
        user = data.get(SESSION_KEY)
        if user and STARTED not in data:
            data[STARTED] = data[SEEN] = timezone.now().timestamp()
        return UserSession(
            session_key=stored_key(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=user,
            started_at=_moment(data.get(STARTED)),
            seen_at=_moment(data.get(SEEN)),
            browser=data.get(BROWSER, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            UserSession.objects.filter(session_key=stored_key(key)).delete()


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def time_left(session: SessionBase) -> timedelta:
    """Until the nearer of the two limits; negative when it has passed."""
    now = timezone.now().timestamp()
    idle = session.get(SEEN, now) + IDLE.total_seconds() - now
    return timedelta(seconds=min(idle, _absolute_left(session, now)))


def can_be_extended(session: SessionBase) -> bool:
    """Whether the idle limit is the nearer one, which a key press moves."""
    now = timezone.now().timestamp()
    return _absolute_left(session, now) > IDLE.total_seconds()


def _absolute_left(session: SessionBase, now: float) -> float:
    return float(session.get(STARTED, now) + ABSOLUTE.total_seconds() - now)


def mark_seen(session: SessionBase) -> None:
    """Somebody is there. Marks the session for saving, at most once a minute."""
    now = timezone.now().timestamp()
    if now - session.get(SEEN, 0) >= SEEN_EVERY.total_seconds():
        session[SEEN] = now


def sessions_of(user: User) -> list[UserSession]:
    """Where this user is signed in, the latest first; what has passed a limit is left out."""
    now = timezone.now()
    return list(
        user.sessions.filter(seen_at__gt=now - IDLE, started_at__gt=now - ABSOLUTE).order_by(
            "-seen_at"
        )
    )


def end_sessions(user: User, *, but: str | None = None, only: str = "") -> int:
    """Sign the user out everywhere, but for the session with this key; or of one stored key only."""
    rows = user.sessions.all()
    if but:
        rows = rows.exclude(session_key=stored_key(but))
    if only:
        rows = rows.filter(session_key=only)
    return int(rows.delete()[0])


def clear_old_sessions() -> int:
    """Rows that nothing can come back to any more."""
    return int(UserSession.objects.filter(expire_date__lt=timezone.now()).delete()[0])
