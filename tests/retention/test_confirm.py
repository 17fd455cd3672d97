"""A10: nothing is deleted before two different people have confirmed one fixed set."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.actions.members import give_entry_link
from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core.models import declared_in_privacy
from cases.people.actions import block
from cases.people.models import BreakGlass, Person
from cases.privacy.actions import (
    ErrorDetails,
    note_answered,
    register_access_request,
    settle_deviation,
    tell_sent_in_error,
)
from cases.privacy.models import AccessRequest, Deviation
from cases.retention.actions import (
    AlreadyHeld,
    ListChanged,
    ListUnderWay,
    NotHeld,
    NotWaiting,
    SamePerson,
    confirm_as_second,
    confirm_due_list,
    hold_case,
    lift_hold,
    withdraw_list,
)
from cases.retention.due import due_now
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import Certificate, DueList, Hold, LeftOut, ListState, RetentionRule
from cases.units.models import Unit
from tests.retention.conftest import CloseCase, Confirmed, confirm_first

TODAY = timezone.localdate


def test_a10_one_confirmation_deletes_nothing(
    closed_case: CloseCase, unit: Unit, leader: User
) -> None:
    case = closed_case()
    confirm_first(unit, leader)
    assert carry_out_confirmed() == 0
    assert Case.objects.filter(pk=case.pk).exists()


def test_a10_nobody_confirms_twice(closed_case: CloseCase, unit: Unit, leader: User) -> None:
    closed_case()
    due_list = confirm_first(unit, leader)
    with pytest.raises(SamePerson):
        confirm_as_second(due_list_id=due_list.pk, by=leader)
    assert DueList.objects.get().state == ListState.WAITING


def test_a10_the_second_is_nobody_who_gave_the_first_their_way_in(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    closed_case()
    give_entry_link(user=leader, unit=unit, by=municipal_administrator)
    due_list = confirm_first(unit, leader)
    address = reverse("retention:confirm_second", args=[due_list.pk])
    answer = client_of(municipal_administrator).post(address, follow=True)
    assert "One of you gave the other their way in" in answer.content.decode()
    assert DueList.objects.get().state == ListState.WAITING


def test_a10_the_database_refuses_one_person_and_a_list_without_two(
    closed_case: CloseCase, unit: Unit, leader: User
) -> None:
    closed_case()
    due_list = confirm_first(unit, leader)
    rows = DueList.objects.filter(pk=due_list.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(second_by=leader, second_at=timezone.now(), state="confirmed")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="confirmed")


def test_a10_a_second_leader_may_be_the_second(
    closed_case: CloseCase, unit: Unit, leader: User, second_leader: User
) -> None:
    closed_case()
    due_list = confirm_first(unit, leader)
    confirm_as_second(due_list_id=due_list.pk, by=second_leader)
    assert carry_out_confirmed() == 1
    certificate = Certificate.objects.get()
    assert (certificate.confirmed_by, certificate.second_by) == (leader, second_leader)


def test_only_what_was_seen_is_confirmed(closed_case: CloseCase, unit: Unit, leader: User) -> None:
    closed_case()
    with pytest.raises(ListChanged):
        confirm_due_list(unit=unit, seen="something else", by=leader)
    assert not DueList.objects.exists()


def test_nothing_due_is_nothing_to_confirm(
    unit: Unit, leader: User, rule: RetentionRule, case: Case
) -> None:
    with pytest.raises(ListChanged):
        confirm_first(unit, leader)


def test_one_list_at_a_time(
    closed_case: CloseCase, unit: Unit, leader: User, second_leader: User
) -> None:
    closed_case()
    confirm_first(unit, leader)
    with pytest.raises(ListUnderWay):
        confirm_first(unit, second_leader)


def test_a_list_is_confirmed_once(
    closed_case: CloseCase, confirmed: Confirmed, second_leader: User
) -> None:
    closed_case()
    due_list = confirmed()
    with pytest.raises(NotWaiting):
        confirm_as_second(due_list_id=due_list.pk, by=second_leader)
    with pytest.raises(NotWaiting):
        withdraw_list(due_list_id=due_list.pk, by=second_leader)


def test_a_withdrawn_list_deletes_nothing(
    closed_case: CloseCase, unit: Unit, leader: User, municipal_administrator: User
) -> None:
    case = closed_case()
    due_list = confirm_first(unit, leader)
    withdraw_list(due_list_id=due_list.pk, by=municipal_administrator)
    with pytest.raises(NotWaiting):
        confirm_as_second(due_list_id=due_list.pk, by=municipal_administrator)
    assert carry_out_confirmed() == 0
    assert Case.objects.filter(pk=case.pk).exists()
    assert not due_list.items.exists()


def changed(case: Case, _by: User) -> None:
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


def reopened(case: Case, _by: User) -> None:
    Case.objects.filter(pk=case.pk).update(
        closed_at=None, closed_by=None, outcome="", next_due_at=timezone.now(),
        version=F("version") + 1,
    )  # fmt: skip


def new_deadline(case: Case, _by: User) -> None:
    Case.objects.filter(pk=case.pk).update(
        deadline_on=TODAY() + timedelta(days=30), version=F("version") + 1
    )


def held(case: Case, by: User) -> None:
    hold_case(case=case, reason="Klage", until=None, by=by)


def restricted(case: Case, by: User) -> None:
    Person.objects.filter(pk=case.person_id).update(restricted_at=timezone.now(), restricted_by=by)


def glass_not_reviewed(case: Case, by: User) -> None:
    now = timezone.now()
    BreakGlass.objects.create(
        unit=case.unit, user=by, person=case.person, case_number=case.number, reason="Klage",
        started_at=now, until=now + timedelta(hours=4),
    )  # fmt: skip


def sent_in_error(case: Case, by: User) -> None:
    now = timezone.now()
    details = ErrorDetails(
        kind="other", about=None, sent_at=now, found_at=now, recipients="Nabo",
        what_happened="Feil", stop_messages=False, stop_contact=None,
    )  # fmt: skip
    tell_sent_in_error(case=case, details=details, by=by)


def asked_for_access(case: Case, by: User) -> None:
    register_access_request(case=case, asked_on=TODAY(), language="nb", with_names=False, by=by)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (changed, LeftOut.CHANGED),
        (reopened, LeftOut.NOT_DUE),
        (new_deadline, LeftOut.NOT_DUE),
        (held, LeftOut.HELD),
        (restricted, LeftOut.RESTRICTED),
        (glass_not_reviewed, LeftOut.UNREVIEWED),
        (sent_in_error, LeftOut.DEVIATION),
        (asked_for_access, LeftOut.UNANSWERED),
    ],
)
def test_j1_a_case_that_changed_after_the_confirmation_is_left_out_and_it_is_said_why(
    closed_case: CloseCase, confirmed: Confirmed, leader: User, happens: Any, why: str
) -> None:
    stays, goes = closed_case(), closed_case()
    due_list = confirmed()
    happens(stays, leader)
    assert carry_out_confirmed() == 1
    assert list(Case.objects.values_list("pk", flat=True)) == [stays.pk]
    assert [(item.case, item.left_out) for item in due_list.items.all()] == [(stays.pk, why)]
    assert Certificate.objects.get().left_out == 1
    assert not Case.objects.filter(pk=goes.pk).exists()


@pytest.mark.parametrize(
    ("happens", "finish", "said"),
    [
        (
            sent_in_error,
            lambda by: settle_deviation(
                deviation_id=Deviation.objects.get().pk, outcome="reported", reason="", by=by
            ),
            "The report of what was sent in error is not settled yet",
        ),
        (
            asked_for_access,
            lambda by: note_answered(request_id=AccessRequest.objects.get().pk, by=by),
            "The person has asked for access and is not answered yet",
        ),
    ],
)
def test_j1_nothing_is_deleted_while_its_clock_runs_or_its_question_is_open(
    closed_case: CloseCase, unit: Unit, leader: User, client_of: Callable[[User], Client],
    happens: Any, finish: Any, said: str,
) -> None:  # fmt: skip
    case, other = closed_case(), closed_case()
    happens(case, leader)
    assert [one.case for one in due_now(unit, TODAY()).ready] == [other.pk]
    assert said in client_of(leader).get("/deletion/").content.decode()
    finish(leader)
    assert len(due_now(unit, TODAY()).ready) == 2


def test_j1_a_question_holds_all_of_the_persons_cases_and_a_deviation_its_own(
    closed_case: CloseCase, unit: Unit, leader: User
) -> None:
    case = closed_case()
    closed_case(person=case.person)
    sent_in_error(case, leader)
    assert [one.case for one in due_now(unit, TODAY()).kept_back] == [case.pk]
    asked_for_access(case, leader)
    assert len(due_now(unit, TODAY()).kept_back) == 2


def test_j1_whatever_a_model_holds_back_has_words() -> None:
    held = declared_in_privacy("holds_deletion")
    labels = {model._meta.label: LeftOut(holds.why) for model, holds in held.items()}
    assert labels == {
        "privacy.AccessRequest": LeftOut.UNANSWERED, "privacy.Deviation": LeftOut.DEVIATION,
    }  # fmt: skip


def test_a_hold_runs_out_and_can_be_lifted(
    closed_case: CloseCase, unit: Unit, leader: User
) -> None:
    case, today = closed_case(), TODAY()
    hold = hold_case(case=case, reason="Klage til Statsforvalteren", until=today, by=leader)
    assert [one.obstacle for one in due_now(unit, today).kept_back] == [LeftOut.HELD]
    assert len(due_now(unit, today + timedelta(days=1)).ready) == 1
    with pytest.raises(AlreadyHeld):
        hold_case(case=case, reason="Igjen", until=None, by=leader)
    lift_hold(hold=hold, by=leader)
    assert len(due_now(unit, today).ready) == 1
    with pytest.raises(NotHeld):
        lift_hold(hold=hold, by=leader)
    hold_case(case=case, reason="Igjen", until=None, by=leader)


def test_a_reason_is_sealed(closed_case: CloseCase, leader: User) -> None:
    hold = hold_case(case=closed_case(), reason="Kanariklage", until=None, by=leader)
    raw = Hold.objects.filter(pk=hold.pk).values_list("reason", flat=True).get()
    assert b"Kanariklage" not in bytes(raw)
    assert Hold.objects.get().reason == "Kanariklage"


def test_who_is_blocked_does_not_see_the_case_in_their_list(
    closed_case: CloseCase, unit: Unit, leader: User, second_leader: User
) -> None:
    case = closed_case()
    block(person=case.person, user=leader, reason="Søskenbarn", by=second_leader)
    assert due_now(unit, TODAY(), seen_by=leader).ready == ()
    assert len(due_now(unit, TODAY(), seen_by=second_leader).ready) == 1


def test_a_case_that_was_never_closed_is_never_due(
    unit: Unit, case: Case, rule: RetentionRule
) -> None:
    assert list(due_now(unit, TODAY() + timedelta(days=36_500)).everyone) == []


@pytest.mark.parametrize("action", ["hold", "lift", "first", "second", "withdraw"])
def test_a10_no_audit_no_confirmation(
    closed_case: CloseCase,
    unit: Unit,
    leader: User,
    second_leader: User,
    request: pytest.FixtureRequest,
    action: str,
) -> None:
    """Each action leaves nothing behind when its event can not be written."""
    case = closed_case()
    hold = hold_case(case=closed_case(), reason="Klage", until=None, by=leader)
    due_list = confirm_first(unit, leader) if action in ("second", "withdraw") else None
    acts: dict[str, Callable[[], object]] = {
        "hold": lambda: hold_case(case=case, reason="Klage", until=None, by=leader),
        "lift": lambda: lift_hold(hold=hold, by=leader),
        "first": lambda: confirm_first(unit, leader),
        "second": lambda: confirm_as_second(due_list_id=due_list.pk, by=second_leader),
        "withdraw": lambda: withdraw_list(due_list_id=due_list.pk, by=second_leader),
    }
    before = _all_rows()
    broken: type[Exception] = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        acts[action]()
    assert _all_rows() == before


def _all_rows() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Hold, DueList, Certificate)]


def test_a10_no_audit_no_erasure(
    closed_case: CloseCase, confirmed: Confirmed, request: pytest.FixtureRequest
) -> None:
    case = closed_case()
    confirmed()
    events = Event.objects.count()
    broken: type[Exception] = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        carry_out_confirmed()
    assert Case.objects.filter(pk=case.pk).exists()
    assert Event.objects.count() == events
