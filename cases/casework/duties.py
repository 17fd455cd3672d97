"""Who may have the case of a person, and who may meet them, beside belonging to the unit."""

from datetime import date

from django.db.models import Q, QuerySet

from cases.accounts.models import Membership, User
from cases.casework.models import Case, Sample
from cases.people.models import Block


def is_adviser_of(user: User, case: Case) -> bool:
    """Whether the user has this case, or another open one of the same person, or meets them next."""
    has_or_meets = Q(assigned_to=user) | Q(next_adviser=user)
    theirs = Case.objects.filter(has_or_meets, person=case.person_id)
    return theirs.filter(Q(closed_at=None) | Q(pk=case.pk)).exists()


def advisers_who_may_meet(case: Case, day: date) -> QuerySet[User]:
    """Advisers of the unit on this day: nobody whom a block names, nobody who takes the person's
    tests, and for a protected person only those who are cleared.
    """
    blocked = Block.objects.in_force().filter(person=case.person_id)
    advisers = User.objects.advisers_of(case.unit, day).exclude(pk__in=blocked.values("user"))
    advisers = advisers.exclude(pk__in=_takers_of(case).values("taker"))
    if case.person.is_protected:
        cleared = Membership.objects.in_force_on(day).filter(
            unit=case.unit_id, cleared_for_protected=True
        )
        advisers = advisers.filter(pk__in=cleared.values("user"))
    return advisers


def _takers_of(case: Case) -> QuerySet[Sample]:
    """Without the person's own adviser: they take a test only where the leader has said why."""
    own = Case.objects.open().filter(person=case.person_id, assigned_to__isnull=False)
    samples = Sample.objects.filter(case__person=case.person_id)
    return samples.exclude(taker__in=own.values("assigned_to"))
