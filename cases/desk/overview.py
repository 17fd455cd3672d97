"""What the case page shows, gathered with the same number of queries whatever the case holds."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.appointments.overview import appointments_of
from cases.casework.finds import compare_order
from cases.casework.models import Case, Note, PoliceOrder, Task
from cases.casework.states import sentence_of, state_of
from cases.core.working_days import OSLO
from cases.desk.timeline import timeline_of
from cases.people.models import ContactPoint, IdentityNumber
from cases.reminders.ledger import ledger_for
from cases.support.overview import answers_of, help_of

MOST_SHOWN = 100


def overview_of(case: Case, user: User, now: datetime) -> dict[str, Any]:
    state = state_of(case, now)
    appointments = appointments_of(case)
    help_given = help_of(case)
    answers = answers_of(case)
    for part in _parts_of_the_person(case):
        part.person = case.person  # the key that opens them is loaded already
    order = PoliceOrder.objects.filter(referral=case.referral).select_related("threshold_table").first()
    return {
        "case": case,
        "person": case.person,
        "age": case.person.age_on(now.astimezone(OSLO).date()),
        "state": state,
        "sentence": sentence_of(case, now),
        "step_url": reverse(state.step_url, args=[case.pk]) if state.step_url else "",
        "may_work": user.may(Permission.WORK_ON_CASES, case.unit_id) and not case.is_closed,
        "appointments": appointments,
        "ledger": ledger_for(appointments),
        "help": help_given,
        "answers": answers,
        "order": order,
        "comparison": compare_order(order) if order else None,
        "now": now,
    }


def _parts_of_the_person(case: Case) -> list[Any]:
    return []
