"""Small steps on a case: decide on a find, assign, note, finish a task."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases.accounts.access import StaffRequest, require_in_unit, requires
from cases.accounts.roles import Permission
from cases.casework.actions import (
    AlreadyDone,
    NothingToDecide,
    assign,
    decide_on_find,
    finish_task,
    write_note,
)
from cases.casework.finds import compare_order, police_order_of
from cases.casework.forms.case import AssignForm, DecideForm, NoteForm
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Case, Task
from cases.casework.refusals import NotTheirs, explain
from cases.casework.views.lookup import visible_case
from cases.core.pages import form_page

CLOSED = gettext_lazy("The case is closed. Nothing more is written on it.")


@requires(Permission.WORK_ON_CASES)
def decide(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    order = police_order_of(case)
    if order is None:
        raise Http404
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_on_find(case_id=case.pk, by=request.user, **form.cleaned_data)
        except NothingToDecide:
            form.add_error(None, _("The find is decided already."))
        except CaseIsClosed:
            form.add_error(None, CLOSED)
        else:
            messages.success(request, _("The decision is kept."))
            return redirect(case)
    context = {"case": case, "order": order, "comparison": compare_order(order), "form": form}
    return form_page(request, "casework/decide.html", context)


@requires(Permission.WORK_ON_CASES)
def assign_case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Advisers take cases and pass on their own; coordinators and leaders hand out all."""
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    if case.assigned_to_id not in (None, request.user.pk):
        require_in_unit(request.user, Permission.ASSIGN_CASES, case.unit_id)
    form = AssignForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        try:
            assign(case_id=case.pk, adviser=form.cleaned_data["adviser"], by=request.user)
        except NotTheirs as refusal:
            explain(form, "adviser", refusal)
        except CaseIsClosed:
            messages.warning(request, CLOSED)
            return redirect(case)
        else:
            return _assigned(request, case)
    context = {"case": case, "form": form}
    return form_page(request, "casework/assign.html", context)


def _assigned(request: StaffRequest, case: Case) -> HttpResponse:
    messages.success(request, _("The case has a new adviser."))
    return redirect(case)


@requires(Permission.WORK_ON_CASES)
def note(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_note(case_id=case.pk, text=form.cleaned_data["text"], by=request.user)
        except CaseIsClosed:
            form.add_error(None, CLOSED)
        else:
            messages.success(request, _("The note is kept."))
            return redirect(case)
    context = {"case": case, "form": form}
    return form_page(request, "casework/note.html", context)


@require_POST
@requires(Permission.WORK_ON_CASES)
def task_done(request: StaffRequest, task_id: UUID) -> HttpResponse:
    visible = Task.objects.visible_to(request.user)
    task = visible.filter(pk=task_id).first()
    if task is None:
        raise Http404
    case = visible_case(request, task.case_id, Permission.WORK_ON_CASES)
    try:
        finish_task(task=task, by=request.user)
    except AlreadyDone:
        messages.info(request, _("A colleague has done this already."))
    else:
        messages.success(request, _("The task is done."))
    return redirect(case)
