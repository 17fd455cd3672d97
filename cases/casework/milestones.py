"""The one door to a case's milestones; the apps above bring the facts, this writes them down."""

import uuid
from typing import Any

from django.db.models import F
from django.utils import timezone

from cases.casework.models import Case
from cases.casework.states import due_of


class CaseIsClosed(Exception):
    """Nothing more is written on a closed case."""


def lock_case(case_id: uuid.UUID, *, even_closed: bool = False) -> Case:
    """The case as it is now, locked until the transaction ends. Raises CaseIsClosed."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("person", "unit", "referral__legal_basis")
        .get(pk=case_id)
    )
    if case.is_closed and not even_closed:
        raise CaseIsClosed
    return case


def lock_cases_of_person(case_id: uuid.UUID) -> None:
    """Lock every case of this case's person, always in the same order. Who has them and who takes
    tests is asked across all of them; two requests must not both find nothing.
    """
    whose = Case.objects.filter(pk=case_id).values("person")
    theirs = Case.objects.select_for_update().filter(person__in=whose)
    list(theirs.order_by("pk").values_list("pk", flat=True))


def write_milestones(case: Case, **milestones: Any) -> None:
    """Write facts onto a locked case, and with them when it is due next."""
    for name, value in milestones.items():
        setattr(case, name, value)
    case.next_due_at = due_of(case, timezone.now())
    Case.objects.filter(pk=case.pk).update(
        version=F("version") + 1, next_due_at=case.next_due_at, **milestones
    )
    case.version += 1
