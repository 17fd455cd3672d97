"""One table of rules: the page and the list always agree, and every state has its sentence."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.casework.conditions import holds
from cases.casework.models import Case, CaseQuerySet, FindDecision, SenderChoice
from cases.casework.states import STATES, due_of, sentence_of, state_of, with_state

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MOMENTS = st.sampled_from([None, NOW - timedelta(days=2), NOW, NOW + timedelta(days=2)])
MILESTONES = st.fixed_dictionaries(
    {
        "answers_sender": st.booleans(),
        "find_decision": st.sampled_from(FindDecision.values),
        "next_appointment_at": MOMENTS,
        "next_appointment_ends_at": MOMENTS,
        "summons_sent_at": MOMENTS,
        "attended_count": st.integers(0, 2),
        "missed_count": st.integers(0, 2),
        "answer_attended": st.sampled_from([None, True, False]),
        "sender_choice": st.sampled_from(SenderChoice.values),
        "open_offer_count": st.integers(0, 1),
    }
)


@given(milestones=MILESTONES)
@settings(max_examples=150, deadline=None)
def test_every_case_has_exactly_one_state_and_a_due_moment(milestones: dict) -> None:
    case = Case(
        attendances_required=1,
        summonses_allowed=2,
        opened_at=NOW,
        number="X-2026-0001",
        **milestones,
    )
    case.answer_sent_at = NOW if case.answer_attended is not None else None
    case.last_attendance_at = NOW if case.attended_count or case.missed_count else None
    state = state_of(case, NOW)
    assert state in STATES
    assert due_of(case, NOW) is not None
    assert holds(state.condition(NOW), case)


def test_the_database_computes_the_same_state_as_the_page(make_case) -> None:
    """Every combination of milestones, written straight to the rows."""
    template = make_case()
    combinations = itertools.product(
        [True, False], ["", "needed"], [None, -1, 1], [0, 1], [0, 1, 2], [None, True, False],
        ["", "withdrawn"], [0, 1],
    )  # fmt: skip
    cases = []
    for serial, facts in enumerate(combinations, start=1000):
        sender, find, meeting, attended, missed, answer, choice, offers = facts
        starts = NOW + timedelta(hours=meeting) if meeting is not None else None
        cases.append(
            Case(
                unit=template.unit, person=template.person, number=str(serial), year=2026,
                serial=serial, opened_at=NOW, opened_by=template.opened_by,
                referral=template.referral, answers_sender=sender, attendances_required=1,
                summonses_allowed=2, find_decision=find, next_appointment_at=starts,
                next_appointment_ends_at=starts, summons_sent_at=NOW if serial % 2 else None,
                attended_count=attended, missed_count=missed,
                answer_attended=answer, answer_sent_at=NOW if answer is not None else None,
                sender_choice=choice, open_offer_count=offers, next_due_at=NOW,
            )
        )  # fmt: skip
    rows = _as_rows(cases, template)
    by_database = {case.serial: case.state_code for case in with_state(rows, NOW)}
    by_page = {case.serial: state_of(case, NOW).code for case in rows}
    assert len(by_page) == len(cases) > 800
    assert by_database == by_page
    assert len(set(by_page.values())) >= 11


def _as_rows(cases: list[Case], template: Case) -> CaseQuerySet:
    """A referral has one case, so each gets a copy of the referral of its own."""
    referral = template.referral
    copies = []
    for case in cases:
        same = {f.attname: getattr(referral, f.attname) for f in referral._meta.concrete_fields}
        copy = type(referral)(**same | {"id": uuid4(), "sender_reference": f"copy {case.serial}"})
        copies.append(copy)
        case.referral = copy
    type(referral).objects.bulk_create(copies)
    Case.objects.bulk_create(cases)
    return Case.objects.filter(serial__gte=1000)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_sentence_can_be_filled_in(make_case, language: str) -> None:
    case = make_case()
    case.next_appointment_at = case.next_appointment_ends_at = timezone.now()
    case.answer_sent_at = case.last_attendance_at = case.closed_at = timezone.now()
    with translation.override(language):
        for state in STATES:
            text = str(state.sentence)
            assert "%(" in text or state.code == "result_missing", state.code
        assert sentence_of(case, timezone.now())
