"""From an address to a case whose deletion is decided on: its number alone, and the look logged.

A case that is due was closed long ago, and opening it would ask for breaking the glass. Whoever
decides on deletion needs no more than the number and the rule, so these pages show no name.
"""

from uuid import UUID

from cases.accounts.access import StaffRequest
from cases.accounts.roles import Permission
from cases.audit.models import Tier
from cases.audit.record import record
from cases.casework.models import Case
from cases.casework.views.lookup import undeclared_case


def case_to_decide_on(request: StaffRequest, case_id: UUID) -> Case:
    """Raises Http404 for a case outside `visible_to`, PermissionDenied without the right."""
    case = undeclared_case(request, case_id, Permission.CONFIRM_DELETION)
    match = request.resolver_match
    record(
        "retention.viewed",
        by=request.user,
        unit=case.unit_id,
        target=case,
        persons=[case.person_id],
        purpose=match.view_name if match else "",
        tier=Tier.DECLARED,
        reason="retention",
    )
    return case
