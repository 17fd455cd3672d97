"""The page behind a link from the unit leader: choose a password, then sign in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.accounts.actions import choose_password
from cases.accounts.entry import is_valid, user_of
from cases.accounts.forms_members import ChoosePasswordForm
from cases.core.pages import form_page


@login_not_required
def choose(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    user = user_of(user_id)
    if user is None or not is_valid(user, token):
        return render(request, "accounts/entry_over.html", status=404)
    form = ChoosePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        choose_password(user=user, password=form.cleaned_data["password"], by=user)
        messages.success(request, _("Your password is kept. Sign in with it."))
        return redirect("account_login")
    context = {"form": form, "member": user}
    return form_page(request, "accounts/choose_password.html", context)
