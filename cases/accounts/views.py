"""The user's own settings, and drafts that save themselves."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from cases.accounts.access import StaffRequest
from cases.accounts.actions import change_settings
from cases.accounts.drafts import drop_draft, keep_draft
from cases.accounts.forms_settings import SettingsForm
from cases.core.pages import form_page

DRAFT_FORMS = ("referral",)


def settings_page(request: StaffRequest) -> HttpResponse:
    user = request.user
    initial = {"language": user.language, "colour_scheme": user.colour_scheme}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_settings(user=user, by=user, **form.cleaned_data)
        with override(user.language or None):
            messages.success(request, _("Your settings are kept."))
        return redirect("accounts:settings")
    return form_page(request, "accounts/settings.html", {"form": form})


@require_POST
def save_draft(request: StaffRequest, form: str, about: UUID) -> HttpResponse:
    """Called by the page itself while somebody types; answers with one line of state."""
    draft = None
    if form in DRAFT_FORMS:
        draft = keep_draft(owner=request.user, form=form, about=str(about), data=request.POST)
    return render(request, "accounts/_draft_state.html", {"draft": draft})


@require_POST
def delete_draft(request: StaffRequest, form: str, about: UUID) -> HttpResponse:
    drop_draft(request.user, form, str(about))
    messages.success(request, _("The draft is deleted."))
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "desk:today")
