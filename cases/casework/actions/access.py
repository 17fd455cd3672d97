"""Blocks, broken glass and corrections reached through a case, with what follows for the case."""

from uuid import uuid4

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.record import recorded
from cases.casework.actions.work import assign, make_task
from cases.casework.milestones import lock_cases_of_person
from cases.casework.models import Case, TaskKind
from cases.casework.tiers import is_behind_glass
from cases.people.actions import PersonDetails, block, break_glass, correct_person
from cases.people.models import Block, BreakGlass, Person


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
        made = block(person=case.person, user=user, reason=reason, by=by)
        for theirs in Case.objects.open().filter(person=case.person_id, next_adviser=user):
            _have_meeting_moved(theirs, by)
        return made


def _have_meeting_moved(case: Case, by: User) -> None:
    """Who else meets the person, and when, is for somebody to decide: it is asked of the unit."""
    make_task(
        case_id=case.pk, unit_id=case.unit_id, kind=TaskKind.MOVE_MEETING, about=uuid4(),
        reason="", due_at=timezone.now(), by=by,
    )  # fmt: skip


def break_glass_on_case(*, number: str, reason: str, by: User) -> tuple[Case, BreakGlass]:
    """Open the person of this case for four hours. Raises NoSuchCase, NotBehindGlass, GlassIsOpen.

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


def correct_person_of(*, case: Case, details: PersonDetails, by: User) -> Person:
    """Correct who the person is. Who is not cleared for a protected person has their case no more:
    it is handed back, so that those who are find it among the not assigned.

    Raises what `correct_person` raises.
    """
    with recorded():
        lock_cases_of_person(case.pk)
        person = correct_person(person=case.person, details=details, by=by)
        if person.is_protected:
            _hand_back_from_uncleared(person, by)
    return person


def _hand_back_from_uncleared(person: Person, by: User) -> None:
    theirs = Case.objects.open().filter(person=person)
    for case in theirs.select_related("assigned_to", "next_adviser"):
        if case.assigned_to and case.unit_id not in case.assigned_to.units_cleared():
            assign(case_id=case.pk, adviser=None, by=by)
        if case.next_adviser and case.unit_id not in case.next_adviser.units_cleared():
            _have_meeting_moved(case, by)
