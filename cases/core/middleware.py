"""What every answer carries, and what is refused before a page is asked."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import get_callable

Handler = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD")
PAGE_METHODS = (*SAFE_METHODS, "POST")
API = "/api/"
# What the browser itself says about who made it ask; an old browser or a server says nothing.
OWN_SITES = ("same-origin", "none")
# What no page of ours needs, for ourselves and for whatever would be embedded.
SWITCHED_OFF = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read",
    "display-capture", "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store, private",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in SWITCHED_OFF),
    # Not no-referrer: a browser would then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class HeadersMiddleware:
    """The outermost: no answer leaves without these, whoever gives it. What is set stands.

    Nothing that shows a person stays in a browser's or a proxy's memory. An answer that takes the
    session's cookie away, at sign-out or when a session has ended, empties the browser, too: not its
    cookies, which it may share with other programs of the municipality's domain.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class Utf8OnlyMiddleware:
    """Refuses a body or an address in another alphabet's code than UTF-8.

    Django decodes a multipart form as its sender says; utf-7 or unicode_escape give half characters
    that no page can be written with: a 500, also on the sign-in page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (request.encoding or "utf-8").lower() not in ("utf-8", "utf8"):
            raise BadRequest("not UTF-8")
        return self.get_response(request)


class QueryEndsMiddleware:
    """Refuses an address of more fields than a form may have, also where no page would read them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django counts when they are first read, and raises TooManyFieldsSent.
        request.GET  # noqa: B018
        return self.get_response(request)


class OwnSiteOnlyMiddleware:
    """Refuses what another site makes a browser ask, beside and before the form's token.

    No address is exempt: a gateway or an API client is no browser and sends none of these headers.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        # Here and not in `__call__`, so that the refusal is in the log like every other.
        if not _is_known_method(request):
            return HttpResponseNotAllowed(PAGE_METHODS)
        if _is_from_another_site(request):
            refuse = get_callable(settings.CSRF_FAILURE_VIEW)
            return refuse(request, reason="another site")
        return None


def _is_known_method(request: HttpRequest) -> bool:
    """A page is shown or sent; what else HTTP knows belongs to the API."""
    return request.method in PAGE_METHODS or (
        request.path.startswith(API) and request.method in ("PUT", "PATCH", "DELETE", "OPTIONS")
    )


def _is_from_another_site(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method in SAFE_METHODS:
        # A link from elsewhere may be followed; nothing of ours is loaded into another page.
        is_a_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        is_embedded = request.headers.get("Sec-Fetch-Dest", "document") in (
            "embed", "frame", "iframe", "object",
        )  # fmt: skip
        return site not in OWN_SITES and (not is_a_page or is_embedded)
    origin = request.headers.get("Origin")
    return site not in OWN_SITES or (
        origin is not None and urlsplit(origin[:300]).netloc != request.get_host()
    )
