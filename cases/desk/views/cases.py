"""The list of cases, and the search."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.desk.listing import ListForm, Scope, list_page, record_list, rows_of
from cases.desk.search import search_cases


@require_safe
@requires(Permission.SEE_CASES)
def case_list(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = ListForm(request.GET, user=request.user)
    visible = Case.objects.visible_to(request.user)
    listing = list_page(form.filter(visible, now), request.GET.get("page", "1"), now)
    record_list(request.user, [row.case for row in listing.rows], "desk:cases")
    context = {
        "form": form,
        "scopes": Scope,
        "listing": listing,
        "query": f"scope={form.scope_value}&state={form.state_value}",
    }
    part = "desk/_case_rows.html" if request.headers.get("HX-Request") else "desk/cases.html"
    return render(request, part, context)


@require_POST
@requires(Permission.SEE_CASES)
def search(request: StaffRequest) -> HttpResponse:
    """By POST, so that no name or number ends in an address, a log or a browser's history."""
    words = request.POST.get("words", "")[:100].replace("\x00", "")
    hits = search_cases(words, request.user)
    context = {
        "words": words,
        "rows": rows_of(hits.cases, timezone.now()),
        "is_more": hits.is_more,
    }
    return render(request, "desk/search.html", context)
