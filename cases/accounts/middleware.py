"""The limits of a session, the user's language, and the second factor that production demands."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cases.accounts import unsent
from cases.accounts.access import has_second_factor
from cases.accounts.models import User
from cases.accounts.proof import must_confirm_at_provider, provider_proved_second_factor
from cases.accounts.sessions import mark_seen, time_left

Handler = Callable[[HttpRequest], HttpResponse]
CLEARED = '"cache", "storage"'


class SessionLimitsMiddleware:
    """Ends a session at its limits; only what a person does moves the idle one.

    What is posted after the end is kept for its owner, who finds it after signing in again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        if was_signed_in and time_left(request.session).total_seconds() <= 0:
            request.session_ended_of = request.user  # type: ignore[attr-defined]
            logout(request)
        elif was_signed_in and is_by_a_person(request):
            mark_seen(request.session)
        response = self.get_response(request)
        if was_signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = CLEARED
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        owner: User | None = getattr(request, "session_ended_of", None)
        if owner is None and request.user.is_authenticated and unsent.SESSION_OVER in request.POST:
            owner = request.user
            logout(request)
        if owner is None:
            _drop_what_is_sent_again(request)
            return None
        if not getattr(view, "login_required", True):
            return None
        messages.info(
            request,
            _("You were signed out, for safety. What you had typed is kept: sign in to go on."),
        )
        if request.method != "POST":
            return None  # the sign-in page is next, and leads back here
        kept = unsent.keep_unsent(request, owner)
        back = reverse("accounts:unsent", args=[kept]) if kept else _page_before(request)
        return redirect(reverse("account_login", query={"next": back}))


def _page_before(request: HttpRequest) -> str:
    """Where the page that sent this was; the sign-in page refuses an address of another house."""
    return request.POST.get("next") or request.path


def _drop_what_is_sent_again(request: HttpRequest) -> None:
    """A kept form that is sent again will be done, or back on the screen; or this is rolled back."""
    about = request.POST.get(unsent.SENT_AGAIN, "") if request.method == "POST" else ""
    if about and isinstance(request.user, User):
        unsent.drop_unsent(request.user, about)


def is_by_a_person(request: HttpRequest) -> bool:
    """Whether somebody pressed, clicked or typed for this: not what a page asks for by itself.

    A browser says whether a request opens a page. Others are sent by scripts, which say with
    `X-Person` that a key or a click has come since the last time (static/js/session.js).
    """
    sent = request.headers
    if sent.get("X-Person") == "1":
        return True
    by_script = "HX-Request" in sent or sent.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return not by_script and "Sec-Purpose" not in sent


class LanguageMiddleware:
    """The user's own setting first, then what the browser asks for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        own = request.user.language if request.user.is_authenticated else ""
        language = own or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SecondFactorMiddleware:
    """Staff without a second factor reach nothing but the pages where they set one up."""

    OPEN_VIEWS = ("mfa_", "account_", "oidc:", "desk:healthz", "desk:readyz")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if not settings.REQUIRE_SECOND_FACTOR or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith(self.OPEN_VIEWS) or has_second_factor(request.user):
            return None
        if provider_proved_second_factor(request, request.user):
            return None
        messages.warning(
            request,
            _("You need one of these before you can go on. A passkey is the quickest."),
        )
        return redirect("mfa_index")


class ProviderProofMiddleware:
    """Before a way of signing in is changed by somebody who has no other one than the provider's.

    Everybody else is asked by the pages themselves, for the password or the second factor.
    """

    CHANGING = ("account_set_password", "oidc:account")
    CHANGING_FACTORS = "mfa_"
    NOT_CHANGING = (
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        changes_factor = name.startswith(self.CHANGING_FACTORS) and name not in self.NOT_CHANGING
        if not (changes_factor or name in self.CHANGING) or not must_confirm_at_provider(request):
            return None
        # What was typed is a secret, and is not kept: the page comes back empty.
        return redirect(reverse("oidc:confirm", query={"next": request.path}))
