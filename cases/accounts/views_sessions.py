"""Where a user is signed in, how long it lasts, and what was sent after its end."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cases.accounts import unsent
from cases.accounts.access import StaffRequest
from cases.accounts.actions import end_own_sessions
from cases.accounts.browsers import browser_words
from cases.accounts.sessions import can_be_extended, sessions_of, stored_key, time_left


@require_http_methods(["GET", "POST"])
def session_state(request: StaffRequest) -> JsonResponse:
    """Asked by the page itself. A POST comes of a key or a click, and has extended the session."""
    seconds = int(time_left(request.session).total_seconds())
    return JsonResponse({"seconds": seconds, "extends": can_be_extended(request.session)})


@login_not_required
@require_POST
def session_over(request: HttpRequest) -> HttpResponse:
    """The time is up and nothing was being typed: sign out, and come back here after signing in."""
    if request.user.is_authenticated:
        logout(request)
    messages.info(request, _("You were signed out, for safety. Sign in to go on."))
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    query = {"next": wanted} if safe else None
    return redirect(reverse("account_login", query=query))


def own_sessions(request: StaffRequest) -> HttpResponse:
    key = request.session.session_key or ""
    if request.method == "POST":
        ended = end_own_sessions(by=request.user, but=key, only=request.POST.get("session", ""))
        messages.success(
            request,
            ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", ended)
            % {"count": ended},
        )
        return redirect("accounts:sessions")
    rows = [
        {"row": row, "browser": browser_words(row.browser), "here": row.pk == stored_key(key)}
        for row in sessions_of(request.user)
    ]
    return render(request, "accounts/sessions.html", {"rows": rows})


def unsent_form(request: StaffRequest, about: UUID) -> HttpResponse:
    """What was sent after the session had ended: send it now, or throw it away."""
    kept = unsent.unsent_of(request.user, about)
    if kept is None:
        return redirect("desk:today")
    if request.method == "POST":
        unsent.drop_unsent(request.user, str(about))
        messages.success(request, _("What you had typed is deleted."))
        return redirect(kept["path"])
    # Choices and ids mean nothing to a reader; what has a space in it was written by hand.
    texts = [text for values in kept["fields"].values() for text in values if " " in text.strip()]
    context = {"kept": kept, "texts": texts, "about": about, "mark": unsent.SENT_AGAIN}
    return render(request, "accounts/unsent.html", context)
