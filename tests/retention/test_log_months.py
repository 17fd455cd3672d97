"""J3: the log's sealed months go when everything they tell about is gone long enough."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.actions import seal_ended_months
from cases.audit.models import Event
from cases.audit.verify import broken_links
from cases.casework.models import Case
from cases.retention.log_months import drop_oldest_month, droppable_months
from cases.retention.models import ErasedCase
from cases.units.models import Unit
from tests.audit import tampering

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


@pytest.fixture
def old_log(unit: Unit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Unit:
    """Two sealed months of 2024, more than two years ago."""
    settings.AUDIT_ANCHORS = tmp_path
    for month in (JANUARY, FEBRUARY):
        at = datetime(month.year, month.month, 15, tzinfo=UTC)
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda at=at: at)
            tampering.write_events(unit.pk, 3)
    seal_ended_months(now=datetime(2024, 4, 2, tzinfo=UTC), by=None)
    return unit


def test_j3_months_without_a_case_go_and_the_chain_verifies(
    old_log: Unit, municipal_administrator: User
) -> None:
    assert droppable_months(old_log) == [JANUARY, FEBRUARY]
    assert drop_oldest_month(unit=old_log, by=municipal_administrator) == JANUARY
    assert drop_oldest_month(unit=old_log, by=municipal_administrator) == FEBRUARY
    assert drop_oldest_month(unit=old_log, by=municipal_administrator) is None
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


def test_the_second_person_drops_them_from_their_page(
    old_log: Unit, municipal_administrator: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(municipal_administrator)
    page = client.get("/deletion/second/").content.decode()
    assert "January 2024 to February 2024" in page
    answer = client.post(f"/deletion/units/{old_log.pk}/log/", follow=True)
    assert "The log of January 2024 is deleted" in answer.content.decode()
    assert "Delete the log of February 2024" in answer.content.decode()


def test_a_log_that_does_not_verify_is_kept(
    old_log: Unit, municipal_administrator: User, client_of: Callable[[User], Client]
) -> None:
    with tampering.as_superuser():
        tampering.change(old_log.pk)
    client = client_of(municipal_administrator)
    answer = client.post(f"/deletion/units/{old_log.pk}/log/", follow=True)
    assert "evidence" in answer.content.decode()
    assert Event.objects.filter(unit=old_log.pk, at__year=2024).exists()


def test_no_audit_no_dropping(
    old_log: Unit, municipal_administrator: User, request: pytest.FixtureRequest
) -> None:
    broken: type[Exception] = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        drop_oldest_month(unit=old_log, by=municipal_administrator)
    assert Event.objects.filter(unit=old_log.pk, at__year=2024).exists()
