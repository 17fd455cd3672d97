"""Say why a colleague's case is opened, break the glass, and keep kin and neighbours out."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest, requires, requires_fresh_second_factor
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.casework.actions import (
    NoSuchCase,
    NotBehindGlass,
    block_from_case,
    break_glass_on_case,
)
from cases.casework.forms.access import BlockForm, DeclareForm, GlassForm, KnowPersonForm
from cases.casework.models import Case
from cases.casework.tiers import DeclarationNeeded, GlassNeeded, tier_of
from cases.casework.views.lookup import undeclared_case, visible_case
from cases.core.pages import form_page
from cases.people.actions import (
    AlreadyBlocked,
    GlassIsOpen,
    NotYoursToLift,
    declare_access,
    end_glass,
    lift_block,
)

GLASS_IN_SESSION = "open_glass"
MOST_ACCESSES = 100


@requires(Permission.SEE_CASES)
def declare(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """One click with a reason. Nothing of the case is shown before it but number and adviser."""
    case = undeclared_case(request, case_id, Permission.SEE_CASES)
    try:
        tier_of(case, request.user, timezone.now())
    except GlassNeeded:
        return redirect("casework:break_glass_on", case.pk)
    except DeclarationNeeded:
        pass
    else:
        return redirect(_way_back(request, case))
    form = DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        declare_access(person=case.person, by=request.user, **form.cleaned_data)
        return redirect(_way_back(request, case))
    record(
        "access.asked", by=request.user, unit=case.unit_id, target=case, persons=[case.person_id]
    )
    context = {"case": case, "form": form}
    return form_page(request, "casework/declare.html", context)


def _way_back(request: StaffRequest, case: Case) -> str:
    """To what was being sent, else to where the user wanted to go, else to the case."""
    with suppress(ValueError):
        return reverse("accounts:unsent", args=[UUID(request.GET.get("kept", ""))])
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe and str(case.pk) in wanted else case.get_absolute_url()


@requires(Permission.BREAK_GLASS)
@requires_fresh_second_factor
def break_glass_on(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The same page, for a case whose number the user has seen: one that was closed long ago."""
    case = undeclared_case(request, case_id, Permission.BREAK_GLASS)
    record("glass.asked", by=request.user, unit=case.unit_id, target=case, persons=[case.person_id])
    return _break_glass(request, GlassForm(request.POST or None, initial={"number": case.number}))


@requires(Permission.BREAK_GLASS)
@requires_fresh_second_factor
def break_glass(request: StaffRequest) -> HttpResponse:
    """For a case one has the number of and does not see."""
    return _break_glass(request, GlassForm(request.POST or None))


def _break_glass(request: StaffRequest, form: GlassForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            case, glass = break_glass_on_case(by=request.user, **form.cleaned_data)
        except NoSuchCase:
            form.add_error(
                "number", _("There is no such case that you can open. Check the number.")
            )
        except GlassIsOpen:
            form.add_error(
                None,
                _("You broke the glass in another window just now. Look there, or send again."),
            )
        except NotBehindGlass as open_case:
            return redirect(open_case.case)
        else:
            request.session[GLASS_IN_SESSION] = {
                "number": case.number,
                "case": str(case.pk),
                "until": glass.until.isoformat(),
            }
            return redirect(case)
    context = {"form": form}
    return form_page(request, "casework/break_glass.html", context)


@require_POST
@requires(Permission.BREAK_GLASS)
def close_glass(request: StaffRequest) -> HttpResponse:
    end_glass(by=request.user)
    request.session.pop(GLASS_IN_SESSION, None)
    messages.success(request, _("The case is closed to you again."))
    return redirect("desk:today")


@requires(Permission.SEE_CASES)
def know_person(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Kin, neighbour, friend: the user shuts themselves out, before or after opening the case."""
    case = undeclared_case(request, case_id, Permission.SEE_CASES)
    form = KnowPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        block_from_case(case=case, user=request.user, reason=reason, by=request.user)
        messages.success(
            request, _("You do not see the case any more. If you had it, it waits for a colleague.")
        )
        return redirect("desk:today")
    record("block.asked", by=request.user, unit=case.unit_id, target=case, persons=[case.person_id])
    context = {"case": case, "form": form}
    return form_page(request, "casework/know_person.html", context)


@require_safe
@requires(Permission.SEE_CASES)
def opened_by(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Which colleagues have opened the case, when and why, the newest first."""
    case = visible_case(request, case_id)
    accesses = list(case.person.declared_accesses.about(case.person_id)[:MOST_ACCESSES])
    for access in accesses:
        access.person = case.person  # whose key opens the note
    return render(request, "casework/opened_by.html", {"case": case, "accesses": accesses})


@requires(Permission.KEEP_BLOCKS)
def blocks(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Who must not see this person, and one more."""
    case = visible_case(request, case_id, Permission.KEEP_BLOCKS)
    form = BlockForm(request.POST or None, case=case, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            block_from_case(case=case, by=request.user, **form.cleaned_data)
        except AlreadyBlocked:
            form.add_error("user", _("This colleague does not see the case already."))
        else:
            messages.success(request, _("The colleague does not see the case any more."))
            return redirect("casework:blocks", case.pk)
    found = list(
        case.person.blocks.in_force().select_related("user", "set_by").order_by("set_at", "pk")
    )
    for one in found:
        one.person = case.person  # whose key opens the reason
    context = {"case": case, "form": form, "blocks": found}
    return form_page(request, "casework/blocks.html", context)


@require_POST
@requires(Permission.KEEP_BLOCKS)
def lift(request: StaffRequest, case_id: UUID, block_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.KEEP_BLOCKS)
    found = case.person.blocks.in_force().filter(pk=block_id).first()
    if found is None:
        raise Http404
    try:
        lift_block(block=found, by=request.user)
    except NotYoursToLift:
        messages.warning(request, _("Somebody else must decide whether you may see the case."))
    else:
        messages.success(request, _("The colleague may see the case again."))
    return redirect("casework:blocks", case.pk)
