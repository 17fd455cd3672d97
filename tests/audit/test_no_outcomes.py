"""C8: what came of a case, and how a person is protected, is in no event: they outlive the erasure."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from cases.accounts.models import User
from cases.appointments.actions import book, correct_attendance, record_attendance
from cases.appointments.models import Appointment, AttendanceResult
from cases.audit.models import Event
from cases.casework.actions import decide_on_find
from cases.casework.models import Case, CaseOutcome, Decision, FindDecision
from cases.letters.reference import load_texts
from cases.people.models import Person, Protection
from cases.privacy.actions.restriction import restrict_processing
from cases.reminders.models import Message, MessageState
from cases.reminders.planning import plan_reminders
from cases.reminders.reference import load_rules
from cases.reminders.sending import send_due
from cases.reminders.words import Reason
from cases.support.actions import close_case
from cases.units.models import Place

pytestmark = pytest.mark.django_db
MakeCase = Callable[..., Case]

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 09.00 in Oslo
CONTENT = {
    str(value)
    for choices in (AttendanceResult, CaseOutcome, Decision, FindDecision, Protection, Reason)
    for value in choices.values
    if value
}


def words_of(event: Event) -> set[str]:
    """Of everything but the action: that a leader restricted the processing is what they did."""
    texts = [event.target_kind, event.purpose, event.legal_basis, event.reason, *event.fields]
    return {word for text in texts for word in re.split(r"[^a-z_]+", text)}


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller.move_to


def meet(case: Case, by: User, clock_at: int, days: int = 1) -> Appointment:
    return book(
        case_id=case.pk, adviser=by, place=Place.objects.filter(unit=case.unit).first(),
        day=(NOW + timedelta(days=days)).date(), clock=time(clock_at), minutes=30, by=by,
    )  # fmt: skip


def test_c8_no_outcome_and_no_protection_is_in_any_event(
    make_case: MakeCase, adviser: User, leader: User, clock: Callable[[datetime], None]
) -> None:
    load_texts()
    load_rules()
    flagged = make_case(finds=[("cannabis", "50")])
    decide_on_find(case_id=flagged.pk, decision="accept", reason="Avklart på telefon", by=adviser)
    meeting = meet(flagged, adviser, 9)
    withheld = [make_case() for _ in range(3)]
    for hour, case in enumerate(withheld, start=10):
        meet(case, adviser, hour, days=9)
    protected, restricted, dead = withheld
    plan_reminders(NOW)
    Person.objects.filter(pk=protected.person_id).update(protection="strictly")
    restrict_processing(person=restricted.person, reason="Bestrider", by=leader)
    Person.objects.filter(pk=dead.person_id).update(deceased_on=date(2026, 11, 1))
    send_due(NOW + timedelta(days=8, hours=3))
    reasons = Message.objects.filter(state=MessageState.WITHHELD).values_list("reason", flat=True)
    assert set(reasons) >= {Reason.PROTECTED, Reason.RESTRICTED, Reason.DECEASED}
    clock(NOW + timedelta(days=1, hours=2))
    record_attendance(appointment_id=meeting.pk, result="did_not_come", by=adviser)
    correct_attendance(
        appointment_id=meeting.pk, result="attended", reason="Feil person", by=adviser
    )
    close_case(case_id=make_case().pk, outcome="deceased", by=adviser)
    actions = set(Event.objects.values_list("action", flat=True))
    assert actions >= {
        "find.decided", "attendance.recorded", "attendance.corrected", "case.closed",
        "message.withheld", "task.made", "person.corrected",
    }  # fmt: skip
    assert "person.deceased" not in actions
    told = [(e.action, words_of(e) & CONTENT) for e in Event.objects.all()]
    assert [(action, found) for action, found in told if found] == []
