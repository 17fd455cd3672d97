"""The one way from an address to a case: visible, permitted, and the reading logged."""

from uuid import UUID

from django.http import Http404

from cases.accounts.access import StaffRequest, require_in_unit
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.casework.models import Case


def visible_case(
    request: StaffRequest, case_id: UUID, permission: Permission = Permission.SEE_CASES
) -> Case:
    """The case, with person, unit, adviser and referral loaded. Costs one query.

    Raises Http404 for a case outside `visible_to` (a foreign one and none at all look the same),
    PermissionDenied when the user lacks the permission in the case's own unit.
    """
    cases = Case.objects.visible_to(request.user).with_row_facts().with_page_facts()
    case = cases.filter(pk=case_id).first()
    if case is None:
        raise Http404
    require_in_unit(request.user, permission, case.unit_id)
    match = request.resolver_match
    record(
        "case.viewed",
        by=request.user,
        unit=case.unit_id,
        target=case,
        persons=[case.person_id],
        purpose=match.view_name if match else "",
    )
    return case
