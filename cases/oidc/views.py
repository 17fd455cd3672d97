"""To the provider and back. No transaction is held while the provider is asked.

Whatever goes wrong is answered by one plain sentence that says nothing about a user; the log and the
audit event have a code.
"""

import logging
import uuid
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.accounts.access import StaffRequest
from cases.accounts.proof import record_provider_proof
from cases.audit.models import Client, Outcome
from cases.audit.record import record, recorded
from cases.core.database.context import NOBODY, Context
from cases.oidc import attempts, client
from cases.oidc.actions import AlreadyConnected, connect, disconnect
from cases.oidc.attempts import Attempt
from cases.oidc.configuration import Provider, configured_provider
from cases.oidc.discovery import discover
from cases.oidc.fetching import ProviderMisbehaves, ProviderUnreachable
from cases.oidc.identities import is_account_of, is_connected, user_of
from cases.oidc.tokens import Proven, TokenRefused, read_id_token

logger = logging.getLogger(__name__)
RATES = {"oidc": "60/m/ip"}
LONGEST_CODE = 4096

REFUSED, UNREACHABLE, EXPIRED, CANCELLED, TOO_MANY = (
    "refused", "unreachable", "expired", "cancelled", "too_many",
)  # fmt: skip
STATUS = {REFUSED: 403, UNREACHABLE: 503, EXPIRED: 400, CANCELLED: 200, TOO_MANY: 429}


class Refusal(Exception):
    """`told` chooses the sentence the user sees; `code` goes to the log."""

    def __init__(self, told: str, code: str) -> None:
        super().__init__(code)
        self.told, self.code = told, code


View = Callable[..., HttpResponse]


def with_provider(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """404 where no provider is configured; one sentence for whatever else goes wrong."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        provider = configured_provider()
        if provider is None:
            raise Http404
        try:
            return view(request, provider)
        except ProviderUnreachable as error:
            return _refuse(request, provider, Refusal(UNREACHABLE, str(error)))
        except (ProviderMisbehaves, TokenRefused) as error:
            return _refuse(request, provider, Refusal(REFUSED, str(error)))
        except Refusal as refusal:
            return _refuse(request, provider, refusal)

    return guarded


def _context_of(request: HttpRequest) -> Context:
    """As whom these views, which the middleware leaves alone, speak to PostgreSQL."""
    return request.user.database_context() if request.user.is_authenticated else NOBODY


def _refuse(request: HttpRequest, provider: Provider, refusal: Refusal) -> HttpResponse:
    logger.warning("sign-in through the provider: %s, %s", refusal.told, refusal.code)
    if refusal.told == REFUSED:
        with recorded(request=uuid.uuid4(), client=Client.WEB, context=_context_of(request)):
            record("identity.refused", by=None, outcome=Outcome.DENIED, reason=refusal.code[:40])
    context = {"told": refusal.told, "provider": provider.name}
    return render(request, "oidc/failed.html", context, status=STATUS[refusal.told])


@require_http_methods(["GET", "POST"])
@login_not_required
@with_provider
def start(request: HttpRequest, provider: Provider) -> HttpResponse:
    """By POST: a session takes an act of whoever it is for. A link of another site, followed by
    a browser that is signed in at the provider, finds the button and no more.
    """
    if request.method != "POST":
        wanted = _safe_next(request)
        return redirect(reverse("account_login", query={"next": wanted} if wanted else None))
    address = _begun_at(request, provider, attempts.SIGN_IN)
    return _leading_on(request, provider, address, back="account_login")


def _leading_on(
    request: HttpRequest, provider: Provider, address: str, *, back: str
) -> HttpResponse:
    """The policy of a page lets a form lead to our own host only: a page in between leads on."""
    context = {"address": address, "provider": provider.name, "back": reverse(back)}
    return render(request, "oidc/leaving.html", context)


@require_GET
@with_provider
def confirm(request: HttpRequest, provider: Provider) -> HttpResponse:
    """A fresh proof for what needs one, from the provider that the user signs in through."""
    return redirect(_begun_at(request, provider, attempts.CONFIRM))


def _begun_at(request: HttpRequest, provider: Provider, purpose: str) -> str:
    """Where the browser goes to prove who it is; the attempt is kept in its session."""
    if not ratelimit.consume(
        request, app="cases.oidc", action="oidc", config=RATES, limit_get=True
    ):
        raise Refusal(TOO_MANY, "too_many")
    discovery = discover(provider)
    attempt = attempts.begin(
        request, issuer=provider.issuer, purpose=purpose, next_page=_safe_next(request)
    )
    return client.authorization_address(provider, discovery, attempt, _redirect_uri(request))


def _redirect_uri(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oidc:callback"))


def _safe_next(request: HttpRequest) -> str:
    wanted = (request.POST or request.GET).get("next", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure())
    return wanted if safe and len(wanted) <= 1000 else ""


@require_GET
@login_not_required
@with_provider
def callback(request: HttpRequest, provider: Provider) -> HttpResponse:
    attempt = _attempt_of(request, provider)
    discovery = discover(provider)
    said = request.GET.getlist("iss")
    if said not in ([], [provider.issuer]) or (discovery.names_itself and not said):
        raise Refusal(REFUSED, "other_issuer")
    if error := request.GET.get("error"):
        cancelled = error == "access_denied"
        raise Refusal(CANCELLED if cancelled else REFUSED, "provider_error")
    codes = request.GET.getlist("code")
    if len(codes) != 1 or not 0 < len(codes[0]) <= LONGEST_CODE:
        raise Refusal(REFUSED, "code")
    token = client.redeem(provider, discovery, attempt, codes[0], _redirect_uri(request))
    proven = read_id_token(
        provider, discovery, token, nonce=attempt.nonce, fresh=attempt.wants_fresh_proof
    )
    return FINISH[attempt.purpose](request, provider, attempt, proven)


def _attempt_of(request: HttpRequest, provider: Provider) -> Attempt:
    states = request.GET.getlist("state")
    attempt = attempts.take(request, states[0]) if len(states) == 1 else None
    if attempt is None or attempt.issuer != provider.issuer:
        raise Refusal(EXPIRED, "no_attempt")
    own = str(request.user.pk) if request.user.is_authenticated else ""
    if attempt.purpose != attempts.SIGN_IN and attempt.user != own:
        raise Refusal(EXPIRED, "other_user")
    return attempt


def _finish_sign_in(
    request: HttpRequest, provider: Provider, attempt: Attempt, proven: Proven
) -> HttpResponse:
    with recorded(request=uuid.uuid4(), client=Client.WEB, context=_context_of(request)):
        user = user_of(proven, provider.issuer)
        if user is None:
            raise Refusal(REFUSED, "no_user")
        if request.user.is_authenticated and request.user.pk != user.pk:
            logout(request)
        record_provider_proof(request, user, second_factor=proven.second_factor, fresh=proven.fresh)
        return perform_login(request, Login(user=user, redirect_url=attempt.next_page or None))


def _finish_connecting(
    request: StaffRequest, provider: Provider, attempt: Attempt, proven: Proven
) -> HttpResponse:
    try:
        with recorded(request=uuid.uuid4(), client=Client.WEB, context=_context_of(request)):
            connect(
                user=request.user, issuer=provider.issuer, subject=proven.subject, by=request.user
            )
    except AlreadyConnected as error:
        raise Refusal(REFUSED, "already_connected") from error
    messages.success(request, _("The account is connected. You can sign in with it from now on."))
    return redirect("oidc:account")


def _finish_confirming(
    request: StaffRequest, provider: Provider, attempt: Attempt, proven: Proven
) -> HttpResponse:
    with recorded(request=uuid.uuid4(), client=Client.WEB, context=_context_of(request)):
        if not is_account_of(request.user, proven):
            raise Refusal(REFUSED, "other_account")
        record_provider_proof(request, request.user, second_factor=proven.second_factor, fresh=True)
        record("user.confirmed", by=request.user, target=request.user)
    return redirect(attempt.next_page or settings.LOGIN_REDIRECT_URL)


FINISH: dict[str, Callable[..., HttpResponse]] = {
    attempts.SIGN_IN: _finish_sign_in,
    attempts.CONNECT: _finish_connecting,
    attempts.CONFIRM: _finish_confirming,
}


@require_http_methods(["GET", "POST"])
@with_provider
def account(request: StaffRequest, provider: Provider) -> HttpResponse:
    """Connect the own user with the own account at the provider, or take it away again."""
    if not did_recently_reauthenticate(request):
        # A form that has been open too long comes back as the page, after the fresh proof.
        here = urlencode({"next": reverse("oidc:account")})
        return redirect(f"{reverse('account_reauthenticate')}?{here}")
    connected = is_connected(request.user, provider.issuer)
    if request.method == "POST" and connected:
        with recorded(request=uuid.uuid4(), client=Client.WEB, context=_context_of(request)):
            disconnect(user=request.user, issuer=provider.issuer, by=request.user)
        messages.success(request, _("The account is no longer connected."))
        return redirect("oidc:account")
    if request.method == "POST":
        address = _begun_at(request, provider, attempts.CONNECT)
        return _leading_on(request, provider, address, back="oidc:account")
    return render(request, "oidc/account.html", {"connected": connected, "provider": provider.name})


@require_GET
@login_not_required
@with_provider
def signed_out(request: HttpRequest, provider: Provider) -> HttpResponse:
    return render(request, "oidc/signed_out.html", {"provider": provider.name})


@require_GET
@login_not_required
@with_provider
def end_session(request: HttpRequest, provider: Provider) -> HttpResponse:
    """On to the provider's own sign-out. It is told which program asks, never who: an ID token in
    an address would stay in histories and logs, so we keep none; the provider asks its user.
    """
    discovery = discover(provider)
    if request.user.is_authenticated or not discovery.end_session_endpoint:
        return redirect("account_logout")
    back = request.build_absolute_uri(reverse("account_login"))
    said = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    joint = "&" if "?" in discovery.end_session_endpoint else "?"
    return redirect(f"{discovery.end_session_endpoint}{joint}{said}")
