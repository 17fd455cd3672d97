"""The one way from an address to a case: visible, permitted, its tier known, the reading logged."""

from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from cases.accounts.access import ReasonNeeded, StaffRequest, require_in_unit
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.casework.models import Case
from cases.casework.tiers import DeclarationNeeded, GlassNeeded, tier_of


def visible_case(
    request: StaffRequest, case_id: UUID, permission: Permission = Permission.SEE_CASES
) -> Case:
    """The case, with person, unit, adviser and referral loaded. Costs one query for one's own case.

    Raises Http404 for a case outside `visible_to` (a foreign one and none at all look the same),
    PermissionDenied when the user lacks the permission in the case's own unit, and ReasonNeeded
    when it may be opened only after saying why.
    """
    case = undeclared_case(request, case_id, permission)
    try:
        tier = tier_of(case, request.user, timezone.now())
    except DeclarationNeeded as needed:
        raise ReasonNeeded(_with_way_back("casework:declare", request, case)) from needed
    except GlassNeeded as needed:
        raise ReasonNeeded(_with_way_back("casework:break_glass_on", request, case)) from needed
    record(
        "case.viewed",
        by=request.user,
        unit=case.unit_id,
        target=case,
        persons=[case.person_id],
        legal_basis=case.referral.legal_basis.kind,
        tier=tier,
    )
    return case


def undeclared_case(request: StaffRequest, case_id: UUID, permission: Permission) -> Case:
    """The case before its tier is asked for: only for the pages that ask for the reason."""
    cases = Case.objects.visible_to(request.user).with_row_facts().with_page_facts()
    case = cases.filter(pk=case_id).first()
    if case is None:
        raise Http404
    require_in_unit(request.user, permission, case.unit_id)
    return case


def _with_way_back(name: str, request: StaffRequest, case: Case) -> str:
    """The page that asks, and where the user wanted to go; an address holds ids, never names."""
    return reverse(name, args=[case.pk], query={"next": request.path})
