"""J3: an ended month is sealed, later dropped as a whole, and the chain verifies from its seal."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.actions import (
    ChainIsBroken,
    NotSealed,
    OlderMonthFirst,
    TooYoung,
    drop_sealed_month,
    seal_ended_months,
)
from cases.audit.anchors import write_anchor
from cases.audit.models import Event, EventPerson, Head, Seal
from cases.audit.verify import broken_links, verify_with
from cases.units.models import Unit
from tests.audit import tampering

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
SEALED_AT = datetime(2024, 4, 2, tzinfo=UTC)


@pytest.fixture
def chain(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Events in three months of 2024, more than two years ago, and one from today."""
    for month in (JANUARY, FEBRUARY, MARCH):
        at = datetime(month.year, month.month, 31 if month == MARCH else 15, tzinfo=UTC)
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda at=at: at)
            tampering.write_events(unit.pk, month.month + 1)
    return unit.pk


@pytest.fixture
def sealed(chain: UUID, tmp_path: Path, settings: Any) -> UUID:
    settings.AUDIT_ANCHORS = tmp_path
    seal_ended_months(now=SEALED_AT, by=None)
    tampering.write_events(chain, 2)
    write_anchor(timezone.now())
    return chain


def seals(unit: UUID) -> list[tuple[date, int, int, int]]:
    found = Seal.objects.filter(unit=unit).order_by("month")
    return [(s.month, s.first_sequence, s.last_sequence, s.count) for s in found]


def test_j3_each_ended_month_is_sealed_once(sealed: UUID) -> None:
    assert seals(sealed) == [(JANUARY, 1, 2, 2), (FEBRUARY, 3, 5, 3), (MARCH, 6, 9, 4)]
    assert not [seal for seal in seal_ended_months(now=SEALED_AT, by=None) if seal.unit == sealed]
    last = Event.objects.get(unit=sealed, sequence=5)
    february = Seal.objects.get(unit=sealed, month=FEBRUARY)
    assert february.last_hash == last.hash
    assert february.first_previous_hash == Event.objects.get(unit=sealed, sequence=2).hash
    assert Event.objects.filter(action="audit.month_sealed", unit=sealed).count() == 3


def test_j3_a_month_that_goes_on_is_not_sealed(chain: UUID) -> None:
    seal_ended_months(now=datetime(2024, 3, 31, 23, 59, tzinfo=UTC), by=None)
    assert [month for month, *_rest in seals(chain)] == [JANUARY, FEBRUARY]


def test_j3_a_dropped_month_is_gone_and_the_chain_verifies(sealed: UUID, leader: User) -> None:
    before = Event.objects.filter(unit=sealed).count()
    assert drop_sealed_month(unit=sealed, month=JANUARY, by=leader) == 2
    assert drop_sealed_month(unit=sealed, month=FEBRUARY, by=leader) == 3
    assert Event.objects.filter(unit=sealed).count() == before - 5 + 2
    assert Event.objects.filter(unit=sealed).order_by("sequence")[0].sequence == 6
    assert EventPerson.objects.filter(unit=sealed).count() == 4 + 2
    assert broken_links(sealed) == []
    told = Event.objects.filter(action="audit.month_dropped", unit=sealed, actor=leader.pk)
    assert sorted(told.values_list("count", flat=True)) == [2, 3]


def test_j3_with_anchors_too(sealed: UUID, leader: User, settings: Any) -> None:
    drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    assert verify_with(settings.AUDIT_ANCHORS).breaks == []
    told = io.StringIO()
    call_command("verify_audit", stdout=told)
    assert f"{sealed} 2024-01: 2 events, up to 2, dropped at" in told.getvalue()


def test_j3_the_log_is_append_only_again_afterwards(sealed: UUID, leader: User) -> None:
    drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    for table in ("audit_event", "audit_eventperson"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")


def test_j3_months_leave_from_the_beginning_and_only_when_old_enough(
    sealed: UUID, leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OlderMonthFirst):
        drop_sealed_month(unit=sealed, month=FEBRUARY, by=leader)
    with pytest.raises(NotSealed):
        drop_sealed_month(unit=sealed, month=date(2023, 1, 1), by=leader)
    drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    with pytest.raises(NotSealed):
        drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 2, 28, tzinfo=UTC))
    with pytest.raises(TooYoung):
        drop_sealed_month(unit=sealed, month=FEBRUARY, by=leader)


def test_j3_a_month_that_does_not_verify_stays(sealed: UUID, leader: User) -> None:
    with tampering.as_superuser():
        tampering.change(sealed)
    with pytest.raises(ChainIsBroken):
        drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    assert Event.objects.filter(unit=sealed, sequence=1).exists()


def test_without_the_audit_no_month_is_dropped(
    sealed: UUID, leader: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    assert Event.objects.filter(unit=sealed, sequence=1).exists()
    assert Seal.objects.kept().filter(unit=sealed, month=JANUARY).exists()


def test_without_the_audit_no_month_is_sealed(chain: UUID, broken_audit: type[Exception]) -> None:
    with pytest.raises(broken_audit):
        seal_ended_months(now=SEALED_AT, by=None)
    assert not Seal.objects.exists()


def forge_a_drop(unit: UUID) -> Seal:
    """Somebody deletes the first months by hand, and writes a seal for them afterwards."""
    february = Seal.objects.get(unit=unit, month=FEBRUARY)
    with tampering.as_superuser():
        EventPerson.objects.filter(
            event__in=Event.objects.filter(unit=unit, sequence__lte=5).values("pk")
        ).delete()
        Event.objects.filter(unit=unit, sequence__lte=5).delete()
    now = timezone.now()
    Seal.objects.filter(unit=unit, month__lte=FEBRUARY).update(dropped_at=now, dropped_by=unit)
    return february


def test_c5_a_drop_that_no_event_tells_of_is_seen(sealed: UUID) -> None:
    forge_a_drop(sealed)
    assert "no event says why" in broken_links(sealed)[0].what


def test_c5_a_seal_made_up_afterwards_is_seen(sealed: UUID, leader: User, settings: Any) -> None:
    drop_sealed_month(unit=sealed, month=JANUARY, by=leader)
    assert verify_with(settings.AUDIT_ANCHORS).breaks == []
    Seal.objects.filter(unit=sealed, month=JANUARY).update(last_hash="0" * 64)
    assert verify_with(settings.AUDIT_ANCHORS).breaks


def test_every_unit_seals_its_own(sealed: UUID, other_unit: Unit) -> None:
    assert Head.objects.filter(unit=sealed).exists()
    assert not Seal.objects.filter(unit=other_unit.pk).exists()
