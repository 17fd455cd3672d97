"""What the case page shows, gathered with the same number of queries whatever the case holds."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.appointments.overview import appointments_of
from cases.casework.finds import compare_order, police_order_of
from cases.casework.models import Case, Note
from cases.casework.states import sentence_of, state_of
from cases.core.working_days import OSLO
from cases.desk.timeline import timeline_of
from cases.people.models import ContactPoint, IdentityNumber
from cases.privacy.overview import running_for_case
from cases.reminders.ledger import ledger_for
from cases.support.overview import answers_of, help_of

MOST_NOTES = 50


def overview_of(case: Case, user: User, now: datetime) -> dict[str, Any]:
    state = state_of(case, now)
    appointments = appointments_of(case)
    help_given, answers = help_of(case), answers_of(case)
    ledger = ledger_for(appointments)
    order = police_order_of(case)
    may_work = user.may(Permission.WORK_ON_CASES, case.unit_id) and not case.is_closed
    return {
        "case": case,
        "person": case.person,
        "age": case.person.age_on(now.astimezone(OSLO).date()),
        "age_then": case.person.age_on(case.referral.received_on),
        "state": state,
        "sentence": sentence_of(case, now),
        "step_url": reverse(state.step_url, args=[case.pk]) if state.step_url and may_work else "",
        "may_work": may_work,
        "may_assign": may_work and _may_assign(case, user),
        "appointments": appointments,
        "ledger": ledger,
        "has_messages": any(ledger.values()),
        "help": help_given,
        "answers": answers,
        "order": order,
        "comparison": compare_order(order) if order else None,
        "tasks": list(case.tasks.open().order_by("due_at")),
        "notes": _notes_of(case),
        "identity_numbers": _sealed_of_person(
            case, IdentityNumber.objects.filter(person=case.person_id, replaced_at=None)
        ),
        "contacts": _sealed_of_person(
            case, ContactPoint.objects.usable().filter(person=case.person_id).order_by("kind", "pk")
        ),
        "timeline": timeline_of(
            case, appointments, help_given.offers, answers.answers, answers.decisions
        ),
        "may_keep_blocks": user.may(Permission.KEEP_BLOCKS, case.unit_id),
        "running": running_for_case(case, user, now),
        "now": now,
    }


def _may_assign(case: Case, user: User) -> bool:
    """Advisers take a free case and pass on their own; others' cases need the right to assign."""
    own_or_free = case.assigned_to_id in (None, user.pk)
    return own_or_free or user.may(Permission.ASSIGN_CASES, case.unit_id)


def _notes_of(case: Case) -> list[Note]:
    notes = list(case.notes.select_related("written_by").order_by("-written_at", "pk")[:MOST_NOTES])
    for note in notes:
        note.case = case
    return notes


def _sealed_of_person(case: Case, rows: Any) -> list[Any]:
    """The rows with the person already at hand, whose key opens them."""
    found = list(rows)
    for row in found:
        row.person = case.person
    return found
