"""The user's language, and the second factor that production demands."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from cases.accounts.access import has_second_factor
from cases.accounts.proof import provider_proved_second_factor

Handler = Callable[[HttpRequest], HttpResponse]


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
        return redirect("mfa_index")
