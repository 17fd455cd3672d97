"""A sign-in under way, kept in the browser's session until its answer comes, once."""

import hmac
import secrets
from dataclasses import asdict, dataclass

from django.http import HttpRequest
from django.utils import timezone

SESSION_KEY = "oidc_attempts"
# A second tab must not end the first one's sign-in; a hundred must not fill the session.
MOST_AT_ONCE = 5
KEPT_SECONDS = 10 * 60

SIGN_IN, CONNECT, CONFIRM = "sign_in", "connect", "confirm"


@dataclass(frozen=True)
class Attempt:
    state: str
    nonce: str
    verifier: str
    purpose: str
    issuer: str
    next_page: str
    user: str  # whose identity is connected or confirmed; nobody's while signing in
    begun: float

    @property
    def wants_fresh_proof(self) -> bool:
        """Whether a session at the provider is not enough: on a shared machine it may be another's."""
        return self.purpose in (CONNECT, CONFIRM)


def begin(request: HttpRequest, *, issuer: str, purpose: str, next_page: str) -> Attempt:
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        purpose=purpose,
        issuer=issuer,
        next_page=next_page,
        user=str(request.user.pk) if request.user.is_authenticated else "",
        begun=timezone.now().timestamp(),
    )
    others = _under_way(request)[-(MOST_AT_ONCE - 1) :]
    request.session[SESSION_KEY] = [*map(asdict, others), asdict(attempt)]
    return attempt


def take(request: HttpRequest, state: str) -> Attempt | None:
    """The attempt an answer belongs to; it can not be taken twice."""
    under_way = _under_way(request)
    found = [one for one in under_way if hmac.compare_digest(one.state.encode(), state.encode())]
    if not found:
        return None
    request.session[SESSION_KEY] = [asdict(one) for one in under_way if one not in found]
    return found[0]


def _under_way(request: HttpRequest) -> list[Attempt]:
    since = timezone.now().timestamp() - KEPT_SECONDS
    kept = [Attempt(**one) for one in request.session.get(SESSION_KEY, [])]
    return [one for one in kept if one.begun >= since]
