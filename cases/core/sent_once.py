"""A form that is sent twice, by a double click, a second tab or the back button, acts once."""

import hashlib
import json
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

Handler = Callable[[HttpRequest], HttpResponse]
# Longer than a page stays open; after that its session has ended.
REMEMBERED_SECONDS = 12 * 60 * 60
UNDER_WAY = ""


class SentOnceMiddleware:
    """Inside the recorded transaction: the note that a form has acted stands or falls with its act.

    Django masks the token of each page anew, so the same token with the same fields is the same page
    sent again. The second waits for the first, which holds the row, and is led where it was led. What
    the first did not carry out (a fault in a field, an error) may be sent again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key_of(request)
        if key is None:
            return self.get_response(request)
        if not cache.add(key, UNDER_WAY, REMEMBERED_SECONDS):
            return HttpResponseRedirect(cache.get(key) or request.path)
        response = self.get_response(request)
        if response.status_code in (302, 303):
            cache.set(key, response.headers["Location"], REMEMBERED_SECONDS)
        else:
            cache.delete(key)
        return response


def _key_of(request: HttpRequest) -> str | None:
    """Who sent what where, hashed; None when it is no page's form, or nobody is signed in."""
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    token = request.POST.get("csrfmiddlewaretoken")
    # A part that the page fetches by itself acts on nothing: a draft is saved every few seconds.
    if not token or "HX-Request" in request.headers:
        return None
    sent = [str(request.user.pk), request.get_full_path(), token, list(request.POST.lists())]
    return f"sent-{hashlib.sha256(json.dumps(sent).encode()).hexdigest()}"
