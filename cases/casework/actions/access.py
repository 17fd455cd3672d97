"""Blocks and broken glass reached through a case, with what follows for the case."""

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.record import recorded
from cases.casework.actions.work import assign
from cases.casework.models import Case
from cases.casework.tiers import is_behind_glass
from cases.people.actions import block, break_glass
from cases.people.models import Block, BreakGlass


class NoSuchCase(Exception):
    """No case of this number that the user could break the glass for. Never says which it is."""


class NotBehindGlass(Exception):
    """The case opens without: it is one's own, or a reason is enough."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.pk)
        self.case = case


def block_from_case(*, case: Case, user: User, reason: str, by: User) -> Block:
    """The employee does not see the person any more, and their open cases are handed back.

    Raises AlreadyBlocked.
    """
    with recorded():
        for theirs in Case.objects.open().filter(person=case.person_id, assigned_to=user):
            assign(case_id=theirs.pk, adviser=None, by=by)
        return block(person=case.person, user=user, reason=reason, by=by)


def break_glass_on_case(*, number: str, reason: str, by: User) -> tuple[Case, BreakGlass]:
    """Open the person of this case for four hours. Raises NoSuchCase, NotBehindGlass.

    Overrides need, never role, unit, restriction or block.
    """
    with recorded():
        units = by.units_where(Permission.BREAK_GLASS)
        found = Case.objects.behind_glass_for(by, units).filter(number=number)
        case = found.select_related("person").first()
        if case is None:
            raise NoSuchCase
        if not is_behind_glass(case, by, timezone.now()):
            raise NotBehindGlass(case)
        glass = break_glass(person=case.person, case_number=case.number, reason=reason, by=by)
    return case, glass
