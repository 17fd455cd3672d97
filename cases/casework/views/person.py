"""Correct who the person is and how to reach them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.actions import correct_person_of
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.models import StaleVersion
from cases.core.pages import form_page
from cases.people.actions import NotClearedToLower, add_contact_point, withdraw_contact_point
from cases.people.forms import DETAIL_FIELDS, ContactForm, CorrectPersonForm

NOT_CLEARED = gettext_lazy(
    "Only somebody who is cleared for protected addresses can make the protection weaker."
)


@requires(Permission.WORK_ON_CASES)
def correct(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = _form_about(case, request, request.POST or None)
    conflicts: list[dict[str, object]] = []
    if request.method == "POST" and form.is_valid():
        case.person.version = form.cleaned_data["version"]
        try:
            correct_person_of(case=case, details=form.details(), by=request.user)
        except StaleVersion:
            form, conflicts = _with_conflicts(request, case, form)
        except NotClearedToLower:
            form.add_error("protection", NOT_CLEARED)
        else:
            return _corrected(request, case)
    context = {"case": case, "form": form, "conflicts": conflicts}
    status = 409 if conflicts else 422 if form.errors else 200
    return render(request, "casework/correct_person.html", context, status=status)


def _form_about(case: Case, request: StaffRequest, data: QueryDict | None) -> CorrectPersonForm:
    form = CorrectPersonForm(data, initial=CorrectPersonForm.initial_for(case.person))
    if case.unit_id not in request.user.units_cleared():
        form.offer_no_less_than(case.person.protection)
    return form


def _with_conflicts(
    request: StaffRequest, case: Case, form: CorrectPersonForm
) -> tuple[CorrectPersonForm, list[dict[str, object]]]:
    """The user's own values, bound to the newest version, and what a colleague saved meanwhile."""
    case.person.refresh_from_db()
    theirs = CorrectPersonForm.initial_for(case.person)
    mine = form.cleaned_data
    conflicts = [
        {
            "label": field.label,
            "theirs": _shown(field, theirs[name]),
            "mine": _shown(field, mine[name]),
        }
        for name in DETAIL_FIELDS
        if (field := form.fields[name]) and theirs[name] != mine[name]
    ]
    data = request.POST.copy()
    data["version"] = str(case.person.version)
    return _form_about(case, request, data), conflicts


def _shown(field: Any, value: object) -> object:
    """The value as the form shows it: a choice by its name, a day as it is typed."""
    return dict(getattr(field, "choices", ())).get(value, field.prepare_value(value))


def _corrected(request: StaffRequest, case: Case) -> HttpResponse:
    messages.success(request, _("The details are corrected."))
    if Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        return redirect(case)
    messages.info(
        request,
        _(
            "The person has a protected address now. Those who are cleared for it take the case from here."
        ),
    )
    return redirect("desk:today")


@requires(Permission.WORK_ON_CASES)
def add_contact(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_contact_point(person=case.person, contact=form.contact(), by=request.user)
        messages.success(request, _("The contact details are kept."))
        return redirect(case)
    context = {"case": case, "form": form}
    return form_page(request, "casework/add_contact.html", context)


@require_POST
@requires(Permission.WORK_ON_CASES)
def withdraw_contact(request: StaffRequest, case_id: UUID, point_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    point = case.person.contact_points.usable().filter(pk=point_id).first()
    if point is None:
        raise Http404
    withdraw_contact_point(point=point, by=request.user)
    messages.success(request, _("It is not used any more."))
    return redirect(case)
