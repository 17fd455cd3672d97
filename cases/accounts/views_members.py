"""The people of a unit, kept by its leader and the municipal administrator."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires, requires_fresh_second_factor
from cases.accounts.actions import members
from cases.accounts.entry import entry_path
from cases.accounts.forms_members import EndForm, MemberForm, StandInForm
from cases.accounts.members_overview import member_page, people_of
from cases.accounts.models import Membership, StandIn, User
from cases.accounts.rights import RightsRefused
from cases.accounts.roles import Permission
from cases.core.pages import form_page
from cases.units.models import Unit

keeps_members = requires(Permission.KEEP_MEMBERS)


def _kept_unit(request: StaffRequest, unit_id: UUID) -> Unit:
    unit = request.user.named_unit_where(Permission.KEEP_MEMBERS, unit_id)
    if unit is None:
        raise Http404
    return unit


def _kept_user(request: StaffRequest, unit: Unit, user_id: UUID) -> User:
    of_unit = Membership.objects.visible_to(request.user).filter(unit=unit)
    return get_object_or_404(
        User.objects.visible_to(request.user).filter(pk__in=of_unit.values("user")), pk=user_id
    )


@keeps_members
def kept_units(request: StaffRequest) -> HttpResponse:
    """Straight to the unit, for most keep the people of one only."""
    units = request.user.named_units_where(Permission.KEEP_MEMBERS)
    if len(units) == 1:
        return redirect("accounts:people", units[0].pk)
    return render(request, "accounts/kept_units.html", {"units": units})


@keeps_members
def people(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    unit = _kept_unit(request, unit_id)
    return render(request, "accounts/people.html", people_of(unit, by=request.user))


@keeps_members
def member(request: StaffRequest, unit_id: UUID, user_id: UUID) -> HttpResponse:
    unit = _kept_unit(request, unit_id)
    user = _kept_user(request, unit, user_id)
    return render(request, "accounts/member.html", member_page(unit, user, by=request.user))


def _form_page(request: StaffRequest, form: Form, **words: Any) -> HttpResponse:
    return form_page(request, "accounts/member_form.html", {"form": form, **words})


def _try(form: Form, act: Any, **what: Any) -> bool:
    """Do it, or say at the form why the house refuses."""
    try:
        act(**what)
    except RightsRefused as refused:
        form.add_error(None, str(refused.sentence))
    except ValidationError as wrong:
        form.add_error(None, wrong.messages)
    return not form.errors


@keeps_members
@requires_fresh_second_factor
def add_member(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    unit = _kept_unit(request, unit_id)
    form = MemberForm(request.POST or None, by=request.user, unit=unit.pk)
    if request.method == "POST" and form.is_valid():
        if _try(form, members.add_member, unit=unit, by=request.user, **form.cleaned_data):
            messages.success(request, _("The role is given."))
            return redirect("accounts:people", unit.pk)
    return _form_page(request, form, unit=unit, title=_("Give somebody a role"))


@keeps_members
@requires_fresh_second_factor
def end_membership(request: StaffRequest, unit_id: UUID, membership_id: UUID) -> HttpResponse:
    unit = _kept_unit(request, unit_id)
    kept = Membership.objects.visible_to(request.user).filter(unit=unit).select_related("user")
    membership = get_object_or_404(kept, pk=membership_id)
    yesterday = timezone.localdate() - timedelta(days=1)
    form = EndForm(request.POST or None, initial={"last_day": f"{yesterday:%d.%m.%Y}"})
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data["last_day"]
        if _try(
            form, members.end_membership, membership=membership, last_day=last_day, by=request.user
        ):
            messages.success(request, _("The role ends."))
            return redirect("accounts:people", unit.pk)
    title = _("%(name)s: end the role %(role)s") % {
        "name": membership.user.name,
        "role": membership.get_role_display(),
    }
    return _form_page(request, form, unit=unit, title=title, danger=True)


@keeps_members
@requires_fresh_second_factor
def add_stand_in(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    unit = _kept_unit(request, unit_id)
    advisers = User.objects.advisers_of(unit, timezone.localdate())
    form = StandInForm(request.POST or None, advisers=advisers, by=request.user)
    if request.method == "POST" and form.is_valid():
        if _try(form, members.add_stand_in, unit=unit, by=request.user, **form.cleaned_data):
            messages.success(request, _("The stand-in is kept."))
            return redirect("accounts:people", unit.pk)
    return _form_page(request, form, unit=unit, title=_("Somebody stands in for somebody"))


@keeps_members
@requires_fresh_second_factor
def end_stand_in(request: StaffRequest, unit_id: UUID, stand_in_id: UUID) -> HttpResponse:
    """By POST. Whoever was led away to show a second factor comes back by GET, to the people."""
    unit = _kept_unit(request, unit_id)
    kept = StandIn.objects.visible_to(request.user).filter(unit=unit)
    stand_in = get_object_or_404(kept, pk=stand_in_id)
    if request.method == "POST":
        members.end_stand_in(stand_in=stand_in, by=request.user)
        messages.success(request, _("The stand-in has ended."))
    return redirect("accounts:people", unit.pk)


@keeps_members
@requires_fresh_second_factor
def sign_in_of(request: StaffRequest, unit_id: UUID, user_id: UUID, what: str) -> HttpResponse:
    """One of the four things that can be done about how a member signs in.

    By POST. Whoever was led away to show a second factor comes back by GET, to the member.
    """
    unit = _kept_unit(request, unit_id)
    user = _kept_user(request, unit, user_id)
    acts = {
        "let-in": (members.let_in, _("The failures are forgotten. Ask them to try again.")),
        "end-sessions": (members.end_sessions_of, _("They are signed out everywhere.")),
        "reset-second-factor": (
            members.reset_second_factor,
            _("The second factor is taken away. The next sign-in sets up a new one."),
        ),
        "entry-link": (members.give_entry_link, ""),
    }
    if what not in acts:
        raise Http404
    if request.method != "POST":
        return redirect("accounts:member", unit.pk, user.pk)
    act, said = acts[what]
    try:
        act(user=user, unit=unit, by=request.user)
    except RightsRefused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("accounts:member", unit.pk, user.pk)
    if what == "entry-link":
        link = request.build_absolute_uri(entry_path(user))
        return render(
            request, "accounts/entry_link.html", {"link": link, "unit": unit, "member": user}
        )
    messages.success(request, said)
    return redirect("accounts:member", unit.pk, user.pk)
