"""A find beside the threshold: information with its source, and never a verdict by the program."""

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions import NotReady, book
from cases.appointments.models import Appointment
from cases.casework.actions import NothingToDecide, decide_on_find, find_milestones
from cases.casework.finds import Position, compare, compare_order, position_of
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Case, Substance, Threshold, ThresholdDecision, ThresholdTable
from cases.units.models import Place

pytestmark = pytest.mark.django_db
MakeCase = Callable[..., Case]
ClientOf = Callable[[User], Client]

ABOVE = [("cannabis", "50")]
BELOW = [("cannabis", "1")]


@pytest.fixture
def table(law: None) -> ThresholdTable:
    return ThresholdTable.objects.get(code="no-bill-no-punishment")


@pytest.fixture
def cannabis(law: None) -> Substance:
    return Substance.objects.get(code="cannabis")


def book_tomorrow(case: Case, by: User) -> Appointment:
    return book(
        case_id=case.pk, adviser=by, place=Place.objects.filter(unit=case.unit).first(),
        day=timezone.localdate() + timedelta(days=7), clock=time(10), minutes=30, by=by,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "use_only", "threshold", "position"),
    [
        ("9.999", False, "10", Position.BELOW),
        ("10", False, "10", Position.AT),
        ("10.000", False, "10", Position.AT),
        ("10.001", False, "10", Position.ABOVE),
        (None, True, "10", Position.USE_ONLY),
        (None, True, None, Position.USE_ONLY),
        (None, False, "10", Position.UNKNOWN),
        ("1", False, None, Position.NO_THRESHOLD),
    ],
)
def test_where_an_amount_stands(
    cannabis: Substance, amount: str | None, use_only: bool, threshold: str | None,
    position: Position,
) -> None:  # fmt: skip
    limit = Decimal(threshold) if threshold else None
    assert position_of(cannabis, amount and Decimal(amount), use_only, limit) == position


@pytest.mark.parametrize("use_only", [True, False])
def test_an_unknown_kind_always_asks(use_only: bool) -> None:
    assert position_of(None, None, use_only, None) == Position.UNKNOWN


def test_use_only_asks_nothing(table: ThresholdTable, cannabis: Substance) -> None:
    assert not compare(table, [(cannabis, None, True)]).is_flagged


def test_a_substance_the_table_does_not_name_asks(
    table: ThresholdTable, cannabis: Substance
) -> None:
    Threshold.objects.filter(table=table, substance=cannabis).delete()
    compared = compare(table, [(cannabis, Decimal("0.1"), False)])
    assert (compared.finds[0].position, compared.is_flagged) == (Position.NO_THRESHOLD, True)


def test_the_most_substances_are_the_tables_own(table: ThresholdTable) -> None:
    finds = [(substance, Decimal("0.001"), False) for substance in Substance.objects.all()[:4]]
    assert [compare(table, finds[:n]).is_flagged for n in (3, 4)] == [False, True]
    table.most_substances = 4
    assert not compare(table, finds).is_flagged


def test_a_kept_find_is_compared_with_the_table_of_its_order(
    make_case: MakeCase, table: ThresholdTable, cannabis: Substance
) -> None:
    case = make_case(finds=[("cannabis", "10"), (None, "1")])
    compared = compare_order(case.referral.police_order)
    assert compared.table == table
    assert {find.position for find in compared.finds} == {Position.AT, Position.UNKNOWN}
    known = next(find for find in compared.finds if find.substance)
    assert (known.substance, known.threshold) == (cannabis, Decimal(10))


def test_nobody_is_summoned_before_a_flagged_find_is_accepted(
    make_case: MakeCase, adviser: User
) -> None:
    case = make_case(finds=ABOVE)
    for decision in (None, "ask_sender"):
        if decision:
            decide_on_find(case_id=case.pk, decision=decision, reason="Uklart", by=adviser)
        with pytest.raises(NotReady):
            book_tomorrow(case, adviser)
    decide_on_find(case_id=case.pk, decision="accept", reason="Avklart", by=adviser)
    assert book_tomorrow(case, adviser).pk


def test_an_order_sent_back_is_never_summoned(make_case: MakeCase, adviser: User) -> None:
    case = make_case(finds=ABOVE)
    decide_on_find(case_id=case.pk, decision="return", reason="Over grensen", by=adviser)
    with pytest.raises(NotReady):
        book_tomorrow(case, adviser)


def test_a_find_that_asks_nothing_needs_no_decision(make_case: MakeCase, adviser: User) -> None:
    with pytest.raises(NothingToDecide):
        decide_on_find(case_id=make_case(finds=BELOW).pk, decision="accept", reason="", by=adviser)


def test_a_closed_case_takes_no_decision(make_case: MakeCase, adviser: User) -> None:
    case = make_case(finds=ABOVE)
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=adviser, outcome="moved", next_due_at=None
    )
    with pytest.raises(CaseIsClosed):
        decide_on_find(case_id=case.pk, decision="accept", reason="For sent", by=adviser)
    assert not ThresholdDecision.objects.exists()


def test_the_milestone_is_what_the_facts_say(make_case: MakeCase, adviser: User) -> None:
    case = make_case(finds=ABOVE)
    assert find_milestones(case) == {"find_decision": "needed"}
    for decision in ("ask_sender", "return"):
        case = decide_on_find(case_id=case.pk, decision=decision, reason="Fordi", by=adviser)
        assert find_milestones(case) == {"find_decision": decision}
    assert find_milestones(make_case(basis="own_wish")) == {"find_decision": ""}


def test_the_page_shows_the_source_and_keeps_decision_and_reason(
    make_case: MakeCase, adviser: User, client_of: ClientOf
) -> None:
    case, browser = make_case(finds=ABOVE), client_of(adviser)
    address = f"/cases/{case.pk}/decide/"
    page = browser.get(address).content.decode()
    assert "Above" in page
    assert "threshold 10 g" in page
    assert "Prop. 92 L" in page
    answer = browser.post(address, {"decision": "accept", "reason": "Målt med emballasje"})
    assert answer.url == case.get_absolute_url()
    kept = ThresholdDecision.objects.get()
    assert (kept.decision, kept.reason, kept.decided_by) == (
        "accept", "Målt med emballasje", adviser,
    )  # fmt: skip


def test_a_decision_needs_a_reason(make_case: MakeCase, adviser: User, client_of: ClientOf) -> None:
    case = make_case(finds=ABOVE)
    page = client_of(adviser).post(f"/cases/{case.pk}/decide/", {"decision": "accept"})
    assert page.status_code == 422
    assert page.context["form"].errors == {"reason": ["Must be filled in."]}
    assert 'value="accept"' in page.content.decode()
    assert not ThresholdDecision.objects.exists()


def test_whoever_comes_second_is_told(
    make_case: MakeCase, adviser: User, colleague: User, client_of: ClientOf
) -> None:
    case = make_case(finds=ABOVE)
    decide_on_find(case_id=case.pk, decision="accept", reason="Først", by=colleague)
    sent = {"decision": "return", "reason": "Også jeg"}
    page = client_of(adviser).post(f"/cases/{case.pk}/decide/", sent)
    assert page.status_code == 422
    assert "The find is decided already." in page.content.decode()
    assert "Også jeg" in page.content.decode()
    assert ThresholdDecision.objects.get().decision == "accept"


def test_a_case_without_an_order_has_no_such_page(
    make_case: MakeCase, adviser: User, client_of: ClientOf
) -> None:
    case = make_case(basis="own_wish")
    assert client_of(adviser).get(f"/cases/{case.pk}/decide/").status_code == 404
