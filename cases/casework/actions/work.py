"""Steps on an open case, each with its audit event in the same transaction."""

import uuid
from datetime import datetime

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.finds import compare
from cases.casework.milestones import lock_case, lock_cases_of_person, write_milestones
from cases.casework.models import (
    Assignment,
    Case,
    FindDecision,
    Note,
    PoliceOrder,
    Sample,
    Task,
    ThresholdDecision,
)
from cases.people.models import Block


class NotOfThisUnit(Exception):
    """The adviser has no membership in the case's unit today."""


class MustNotSee(Exception):
    """A block names this employee: the case can not be theirs."""


class NotCleared(Exception):
    """The person is protected, and this employee is not cleared to see them."""


class TakesSamples(Exception):
    """This employee takes samples from the person, and so does not meet them."""


class NothingToDecide(Exception):
    """The find needs no decision, or has its final one."""


class AlreadyDone(Exception):
    """Somebody else did it first."""


def assign(*, case_id: uuid.UUID, adviser: User | None, by: User) -> Case:
    """Give the case to an adviser of its unit, or to nobody.

    Raises NotOfThisUnit, MustNotSee, NotCleared, TakesSamples, CaseIsClosed.
    """
    with recorded():
        lock_cases_of_person(case_id)
        case = lock_case(case_id)
        if adviser is not None:
            _check_may_have(case, adviser)
        Assignment.objects.create(
            case=case, unit=case.unit, adviser=adviser, assigned_at=timezone.now(), assigned_by=by
        )
        write_milestones(case, assigned_to=adviser)
        record("case.assigned", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return case


def _check_may_have(case: Case, adviser: User) -> None:
    advisers = User.objects.advisers_of(case.unit, timezone.localdate())
    if not advisers.filter(pk=adviser.pk).exists():
        raise NotOfThisUnit
    if Block.objects.in_force().filter(user=adviser, person=case.person_id).exists():
        raise MustNotSee
    if case.person.is_protected and case.unit_id not in adviser.units_cleared():
        raise NotCleared
    if Sample.objects.filter(case__person=case.person_id, taker=adviser).exists():
        raise TakesSamples


def decide_on_find(*, case_id: uuid.UUID, decision: str, reason: str, by: User) -> Case:
    """What a person decided about a flagged find, and why. Raises NothingToDecide, CaseIsClosed."""
    with recorded():
        case = lock_case(case_id)
        if case.find_decision not in (FindDecision.NEEDED, FindDecision.ASK_SENDER):
            raise NothingToDecide
        ThresholdDecision.objects.create(
            referral=case.referral,
            unit=case.unit,
            decision=decision,
            reason=reason,
            decided_at=timezone.now(),
            decided_by=by,
        )
        write_milestones(case, **find_milestones(case))
        record("find.decided", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return case


def find_milestones(case: Case) -> dict[str, str]:
    """Where the decision about the find stands, from the order and the decisions made."""
    newest = case.referral.threshold_decisions.order_by("-decided_at", "-pk").first()
    if newest is not None:
        return {"find_decision": newest.decision}
    order = PoliceOrder.objects.filter(referral=case.referral).first()
    if order is None:
        return {"find_decision": FindDecision.NOT_NEEDED}
    finds = [
        (f.substance, f.amount, f.use_only) for f in order.findings.select_related("substance")
    ]
    flagged = compare(order.threshold_table, finds).is_flagged
    return {"find_decision": FindDecision.NEEDED if flagged else FindDecision.NOT_NEEDED}


def write_note(*, case_id: uuid.UUID, text: str, by: User) -> Note:
    """A note is written once; a correction is a new note. Raises CaseIsClosed."""
    with recorded():
        case = lock_case(case_id)
        note = Note.objects.create(
            case=case, unit=case.unit, text=text, written_at=timezone.now(), written_by=by
        )
        record("note.written", by=by, unit=case.unit_id, target=note, persons=[case.person_id])
    return note


def make_task(
    *, case_id: uuid.UUID, unit_id: uuid.UUID, kind: str, about: uuid.UUID, reason: str,
    due_at: datetime, by: User | None,
) -> Task:  # fmt: skip
    """Make the task for what the program could not do; a second call finds the first one's."""
    with recorded():
        task, made = Task.objects.get_or_create(
            kind=kind,
            about=about,
            defaults={
                "unit_id": unit_id, "case_id": case_id, "reason": reason,
                "created_at": timezone.now(), "due_at": due_at,
            },
        )  # fmt: skip
        if made:
            record("task.made", by=by, unit=unit_id, target=task, persons=_person_of(case_id))
    return task


def finish_task(*, task: Task, by: User) -> Task:
    """Raises AlreadyDone when a colleague was first."""
    with recorded():
        now = timezone.now()
        open_task = Task.objects.filter(pk=task.pk, done_at=None)
        if not open_task.update(done_at=now, done_by=by):
            raise AlreadyDone
        record("task.done", by=by, unit=task.unit_id, target=task, persons=_person_of(task.case_id))
    return task


def _person_of(case_id: uuid.UUID) -> list[uuid.UUID]:
    """For the log. The id alone: a reminder job may read no more of a case."""
    return list(Case.objects.filter(pk=case_id).values_list("person", flat=True))
