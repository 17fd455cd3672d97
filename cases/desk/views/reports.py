"""What browsers tell about pages that broke our content security policy: said once, never kept."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger("cases.browser_reports")
MOST_BYTES = 8 * 1024
DIRECTIVES = frozenset(
    "base-uri connect-src default-src font-src form-action frame-ancestors frame-src img-src"
    " manifest-src media-src object-src require-trusted-types-for script-src script-src-attr"
    " script-src-elem style-src style-src-attr style-src-elem worker-src".split()
)
KINDS = frozenset(("inline", "eval", "data", "blob", "trusted-types-sink"))


# What this process has said already: a page that is opened a thousand times, or a flood from outside,
# makes one line. Directives, kinds and names of pages are ours, so the set can not grow for ever.
said_before: set[tuple[str, str, str]] = set()


# The browser sends it by itself and adds no token; nothing is written but one line of the log.
@csrf_exempt
@login_not_required
@require_POST
def browser_report(request: HttpRequest) -> HttpResponse:
    """204 for a report, 413 for a long one, 400 for anything else."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BYTES:
        return HttpResponse(status=413)
    facts = facts_of(request.body)
    if facts is None:
        return HttpResponse(status=400)
    if facts not in said_before:
        said_before.add(facts)
        log.warning("a page broke the policy: %s blocked %s on %s", *facts)
    return HttpResponse(status=204)


def facts_of(body: bytes) -> tuple[str, str, str] | None:
    """Directive, what was blocked and the page's name; no address, no text of the page.

    None for anything that is no report.
    """
    try:
        said = json.loads(body)["csp-report"]
        directive = str(said.get("effective-directive") or said.get("violated-directive"))
        blocked, page = str(said.get("blocked-uri", "")), str(said.get("document-uri", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    name = directive.split(" ")[0]
    return name if name in DIRECTIVES else "another rule", _kind_of(blocked), _name_of(page)


def _kind_of(blocked: str) -> str:
    return blocked if blocked in KINDS else "an address"


def _name_of(address: str) -> str:
    try:
        match: Any = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return "no page of ours"
    return match.view_name
