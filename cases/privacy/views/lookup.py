"""From an address to a row of a case that is visible and whose reading is logged."""

from uuid import UUID

from django.http import Http404

from cases.accounts.access import StaffRequest
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.privacy.models import AccessRequest, Deviation


def case_to_handle(request: StaffRequest, case_id: UUID) -> Case:
    """For those who handle the rights of people in the case's unit."""
    return visible_case(request, case_id, Permission.HANDLE_RIGHTS)


def request_of(request: StaffRequest, case: Case, request_id: UUID) -> AccessRequest:
    """Raises Http404 for one of another person."""
    asked = AccessRequest.objects.visible_to(request.user).filter(person=case.person)
    found = asked.without_file().filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def deviation_of(request: StaffRequest, case: Case, deviation_id: UUID) -> Deviation:
    """With the case at hand, whose person's key opens the report. Raises Http404."""
    visible = Deviation.objects.visible_to(request.user).for_case(case)
    found = visible.select_related("sent_in_error__told_by").filter(pk=deviation_id).first()
    if found is None:
        raise Http404
    found.sent_in_error.case = case
    return found
