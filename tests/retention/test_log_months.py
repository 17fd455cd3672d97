"""J3: the log's sealed months go when everything they tell about is gone long enough."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases.accounts.actions.members import give_entry_link
from cases.accounts.models import User
from cases.accounts.rights import SameHands
from cases.audit.actions import seal_ended_months
from cases.audit.models import Event
from cases.audit.verify import broken_links
from cases.casework.models import Case
from cases.oversight.models import LineReview, MonthReview
from cases.retention.log_months import (
    NothingToDrop,
    NotReviewed,
    ask_to_drop,
    drop_as_second,
    droppable_months,
)
from cases.retention.models import ErasedCase, LogDeletion
from cases.units.models import Unit
from tests.audit import tampering

ClientOf = Callable[[User], Client]
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


@pytest.fixture
def old_log(
    unit: Unit, auditor: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> Unit:
    """Two sealed months of 2024, more than two years ago, gone through and signed."""
    settings.AUDIT_ANCHORS = tmp_path
    for month in (JANUARY, FEBRUARY):
        at = datetime(month.year, month.month, 15, tzinfo=UTC)
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda at=at: at)
            tampering.write_events(unit.pk, 3)
    seal_ended_months(now=datetime(2024, 4, 2, tzinfo=UTC), by=None)
    for month in (JANUARY, FEBRUARY):
        MonthReview.objects.create(
            unit=unit, month=month, lines=0, deviations=0, signed_at=timezone.now(),
            signed_by=auditor,
        )  # fmt: skip
    return unit


def drop(unit: Unit, first: User, second: User) -> date:
    ask_to_drop(unit=unit, by=first)
    return drop_as_second(unit=unit, by=second).month


def test_j3_months_without_a_case_go_and_the_chain_verifies(
    old_log: Unit, leader: User, municipal_administrator: User
) -> None:
    assert droppable_months(old_log) == [JANUARY, FEBRUARY]
    assert drop(old_log, leader, municipal_administrator) == JANUARY
    assert drop(old_log, municipal_administrator, leader) == FEBRUARY
    with pytest.raises(NothingToDrop):
        ask_to_drop(unit=old_log, by=leader)
    assert droppable_months(old_log) == []
    assert broken_links(old_log.pk) == []
    assert Event.objects.filter(unit=old_log.pk, at__year=2024).count() == 0


def test_j3_a_case_that_is_kept_keeps_its_months(
    old_log: Unit, make_case: Callable[..., Case]
) -> None:
    case = make_case()
    Case.objects.filter(pk=case.pk).update(opened_at=datetime(2024, 2, 20, tzinfo=UTC))
    assert droppable_months(old_log) == [JANUARY]
    Case.objects.filter(pk=case.pk).update(opened_at=datetime(2023, 2, 20, tzinfo=UTC))
    assert droppable_months(old_log) == []


def test_j3_what_was_erased_lately_can_still_be_asked_about(old_log: Unit) -> None:
    ErasedCase.objects.create(
        unit=old_log, number="FUR-2023-0001", year=2023, serial=1,
        erased_year=timezone.localdate().year,
    )  # fmt: skip
    assert droppable_months(old_log) == []
    ErasedCase.objects.update(erased_year=(timezone.now() - timedelta(days=731)).year)
    assert droppable_months(old_log) == [], "within 24 months, perhaps: only the year is known"
    ErasedCase.objects.update(erased_year=(timezone.now() - timedelta(days=731)).year - 1)
    assert droppable_months(old_log) == [JANUARY, FEBRUARY]


def test_a10_one_asks_and_another_one_drops(
    old_log: Unit, leader: User, municipal_administrator: User, client_of: ClientOf
) -> None:
    """Page by page: whoever asked has no button, and a request of theirs deletes nothing."""
    path = f"/deletion/units/{old_log.pk}/log/"
    first, second = client_of(leader), client_of(municipal_administrator)
    page = first.get("/deletion/second/").content.decode()
    assert "January 2024 to February 2024" in page
    assert f'action="{path}"' not in page
    answer = second.post(path, follow=True)
    assert "No month of the log waits" in answer.content.decode()
    page = first.post(f"{path}ask/", follow=True).content.decode()
    assert "deleted when somebody else confirms" in page
    assert f'action="{path}"' not in page
    assert "You asked for it" in first.post(path, follow=True).content.decode()
    assert "asked for it already" in second.post(f"{path}ask/", follow=True).content.decode()
    assert Event.objects.filter(unit=old_log.pk, at__year=2024).count() == 6
    assert f'action="{path}"' in second.get("/deletion/second/").content.decode()
    answer = second.post(path, follow=True).content.decode()
    assert "The log of January 2024 is deleted" in answer
    assert "Ask for the deletion of the log of February 2024" in answer
    assert [event.actor for event in Event.objects.filter(action="retention.log_asked")] == [
        leader.pk
    ]
    dropped = Event.objects.get(action="audit.month_dropped")
    assert dropped.actor == municipal_administrator.pk


def test_a10_the_second_is_nobody_who_gave_the_first_their_way_in(
    old_log: Unit, leader: User, municipal_administrator: User
) -> None:
    give_entry_link(user=leader, unit=old_log, by=municipal_administrator)
    ask_to_drop(unit=old_log, by=leader)
    with pytest.raises(SameHands):
        drop_as_second(unit=old_log, by=municipal_administrator)
    assert droppable_months(old_log) == [JANUARY, FEBRUARY]


def test_a10_the_database_refuses_one_person(old_log: Unit, leader: User) -> None:
    ask_to_drop(unit=old_log, by=leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogDeletion.objects.update(second_by=leader, second_at=timezone.now())


def test_c10_a_month_nobody_has_gone_through_stays(
    old_log: Unit, leader: User, municipal_administrator: User, client_of: ClientOf
) -> None:
    ask_to_drop(unit=old_log, by=leader)
    MonthReview.objects.filter(month=JANUARY).delete()
    for act, by in ((ask_to_drop, leader), (drop_as_second, municipal_administrator)):
        with pytest.raises(NotReviewed):
            act(unit=old_log, by=by)
    client = client_of(municipal_administrator)
    page = client.get("/deletion/second/").content.decode()
    assert "The review of January 2024 is not signed off" in page
    assert f"/units/{old_log.pk}/log/" not in page
    answer = client.post(f"/deletion/units/{old_log.pk}/log/", follow=True)
    assert "The review of this month is not signed off" in answer.content.decode()
    assert droppable_months(old_log) == [JANUARY, FEBRUARY]


def test_j3_what_was_noted_about_its_lines_goes_with_the_month(
    old_log: Unit, other_unit: Unit, adviser: User, leader: User, municipal_administrator: User
) -> None:
    """An employee and the id of a person on a day: no older than the log it tells of."""
    for unit, day in (
        (old_log, date(2023, 12, 31)), (old_log, date(2024, 1, 31)), (old_log, FEBRUARY),
        (other_unit, date(2024, 1, 31)),
    ):  # fmt: skip
        LineReview.objects.create(
            unit=unit, actor=adviser, person=uuid4(), day=day, outcome="fine",
            reviewed_at=timezone.now(), reviewed_by=leader,
        )  # fmt: skip
    drop(old_log, leader, municipal_administrator)
    left = LineReview.objects.order_by("day").values_list("unit", "day")
    assert list(left) == [(other_unit.pk, date(2024, 1, 31)), (old_log.pk, FEBRUARY)]


def test_a_log_that_does_not_verify_is_kept(
    old_log: Unit, leader: User, municipal_administrator: User, client_of: ClientOf
) -> None:
    ask_to_drop(unit=old_log, by=leader)
    with tampering.as_superuser():
        tampering.change(old_log.pk)
    client = client_of(municipal_administrator)
    answer = client.post(f"/deletion/units/{old_log.pk}/log/", follow=True)
    assert "evidence" in answer.content.decode()
    assert Event.objects.filter(unit=old_log.pk, at__year=2024).exists()
    assert LogDeletion.objects.waiting().exists()


def test_dropping_a_month_asks_for_a_fresh_second_factor(
    old_log: Unit, leader: User, municipal_administrator: User, client_of: ClientOf
) -> None:
    ask_to_drop(unit=old_log, by=leader)
    client = client_of(municipal_administrator)
    municipal_administrator.set_password("a long password for the test")
    municipal_administrator.save()
    client.force_login(municipal_administrator)
    for path in ("log/", "log/ask/"):
        answer = client.post(f"/deletion/units/{old_log.pk}/{path}")
        assert answer.headers["Location"].startswith("/account/confirm/")
    assert droppable_months(old_log) == [JANUARY, FEBRUARY]


@pytest.mark.parametrize("action", ["ask", "drop"])
def test_c2_no_audit_no_dropping(
    old_log: Unit, leader: User, municipal_administrator: User, request: pytest.FixtureRequest,
    action: str,
) -> None:  # fmt: skip
    acts: dict[str, Callable[[], object]] = {
        "ask": lambda: ask_to_drop(unit=old_log, by=leader),
        "drop": lambda: drop_as_second(unit=old_log, by=municipal_administrator),
    }
    if action == "drop":
        ask_to_drop(unit=old_log, by=leader)
    before = list(LogDeletion.objects.values())
    broken: type[Exception] = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        acts[action]()
    assert list(LogDeletion.objects.values()) == before
    assert Event.objects.filter(unit=old_log.pk, at__year=2024).exists()
