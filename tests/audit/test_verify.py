"""C5: what somebody with every right in the database did to the log is seen."""

import io
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.actions import NothingLost, UnknownReason, acknowledge_gap
from cases.audit.anchors import read_anchors, write_anchor
from cases.audit.models import Event, Seal
from cases.audit.verify import all_broken_links, broken_links, verify_with
from cases.units.models import Unit
from tests.audit import tampering

pytestmark = pytest.mark.django_db


@pytest.fixture
def anchors(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_ANCHORS = tmp_path / "anchors"
    return settings.AUDIT_ANCHORS


@pytest.fixture
def anchored(unit: Unit, anchors: Path) -> UUID:
    """A unit with five events, all anchored."""
    tampering.write_events(unit.pk, 5)
    write_anchor(timezone.now())
    return unit.pk


def restore_to_before(unit: UUID) -> None:
    """As a point-in-time restore does: the last two events never were, and work goes on."""
    with tampering.as_superuser():
        tampering.cut_the_tail(unit)
        tampering.cut_the_tail(unit)
    tampering.write_events(unit, 3)


@pytest.mark.parametrize("how", sorted(tampering.SEEN_ALONE))
def test_c5_tampering_is_seen_by_the_chain_alone(unit: Unit, how: str) -> None:
    tampering.write_events(unit.pk)
    assert all_broken_links() == []
    with tampering.as_superuser():
        tampering.SEEN_ALONE[how](unit.pk)
    assert {broken.unit for broken in broken_links(unit.pk)} == {unit.pk}
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize("how", sorted(tampering.SEEN_WITH_ANCHORS))
def test_c5_tampering_that_leaves_a_whole_chain_is_seen_outside(
    anchored: UUID, anchors: Path, how: str
) -> None:
    assert verify_with(anchors).breaks == []
    with tampering.as_superuser():
        tampering.SEEN_WITH_ANCHORS[how](anchored)
    assert broken_links(anchored) == [] or how == "everything"
    assert anchored in {broken.unit for broken in verify_with(anchors).breaks}
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize("said", ["this month", "a month long ago"])
def test_c5_a_beginning_cut_off_behind_a_made_up_seal_is_seen(
    anchored: UUID, anchors: Path, said: str
) -> None:
    """Also after the made-up seal has been anchored like any other."""
    tampering.write_events(anchored, 2)
    month = timezone.now().date().replace(day=1) if said == "this month" else date(2020, 1, 1)
    with tampering.as_superuser():
        tampering.cut_the_beginning(anchored, month, 6)
    write_anchor(timezone.now())
    expected = "before their time" if said == "this month" else "after the dropped month"
    assert expected in verify_with(anchors).breaks[0].what
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=io.StringIO(), stderr=io.StringIO())


def test_c5_a_seal_of_tomorrow_is_no_way_round(anchored: UUID, anchors: Path) -> None:
    """Whoever writes the seal writes when it was dropped."""
    with tampering.as_superuser():
        tampering.cut_the_beginning(anchored, timezone.now().date().replace(day=1), 4)
        Seal.objects.update(dropped_at=timezone.now() + timezone.timedelta(days=1000))
    assert "before their time" in broken_links(anchored)[0].what


def test_c5_a_tail_rewritten_after_the_anchor_is_seen(anchored: UUID, anchors: Path) -> None:
    restore_to_before(anchored)
    assert broken_links(anchored) == []
    assert verify_with(anchors).breaks[0].sequence == 5


def test_c5_events_that_nobody_anchors_for_a_day_are_seen(
    anchored: UUID, anchors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timezone.timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    tampering.write_events(anchored, 1)
    assert "younger than the newest anchor" in verify_with(anchors).breaks[0].what


def test_a_gap_after_a_restore_is_told_until_somebody_answers_for_it(
    anchored: UUID, anchors: Path, leader: User
) -> None:
    restore_to_before(anchored)
    assert verify_with(anchors).breaks
    assert (
        acknowledge_gap(
            unit=anchored, reason="backup_restore", anchors=read_anchors(anchors), by=leader
        )
        == 1
    )
    report = verify_with(anchors)
    assert report.breaks == []
    assert [(gap.first, gap.last, gap.reason) for _unit, gap in report.gaps] == [
        (5, 5, "backup_restore")
    ]
    event = Event.objects.get(action="audit.gap_acknowledged")
    assert (event.actor, event.reason) == (leader.pk, "backup_restore")


def test_an_answer_does_not_cover_what_is_lost_later(
    anchored: UUID, anchors: Path, leader: User
) -> None:
    restore_to_before(anchored)
    acknowledge_gap(
        unit=anchored, reason="backup_restore", anchors=read_anchors(anchors), by=leader
    )
    write_anchor(timezone.now())
    with tampering.as_superuser():
        tampering.replace_the_chain(anchored)
    assert verify_with(anchors).breaks


def test_only_a_loss_is_answered_for_and_only_with_a_code(
    anchored: UUID, anchors: Path, leader: User
) -> None:
    known = read_anchors(anchors)
    with pytest.raises(NothingLost):
        acknowledge_gap(unit=anchored, reason="backup_restore", anchors=known, by=leader)
    with pytest.raises(UnknownReason):
        acknowledge_gap(unit=anchored, reason="because", anchors=known, by=leader)


def test_an_answer_that_can_not_be_recorded_is_none(
    anchored: UUID, anchors: Path, leader: User, broken_audit: type[Exception]
) -> None:
    with tampering.as_superuser():
        tampering.cut_the_tail(anchored)
    with pytest.raises(broken_audit):
        acknowledge_gap(
            unit=anchored, reason="backup_restore", anchors=read_anchors(anchors), by=leader
        )
    assert verify_with(anchors).breaks


def test_the_command_answers_for_a_gap(anchored: UUID, anchors: Path, leader: User) -> None:
    said = io.StringIO()
    answer = {"unit": anchored, "reason": "point_in_time_restore", "by": leader.email}
    with pytest.raises(CommandError, match="where it was"):
        call_command("acknowledge_audit_gap", **answer, stdout=said)
    restore_to_before(anchored)
    call_command("acknowledge_audit_gap", **answer, stdout=said)
    call_command("verify_audit", stdout=said, stderr=said)
    assert "lost, acknowledged" in said.getvalue()
    assert "every chain whole" in said.getvalue()


def test_the_command_tells_places_and_no_content(anchored: UUID, anchors: Path) -> None:
    with tampering.as_superuser():
        tampering.change(anchored)
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 broken"):
        call_command("verify_audit", anchors=anchors, stderr=told)
    assert told.getvalue() == f"{anchored} event 2: was changed\n"


def test_without_anchors_the_command_says_what_it_can_not_see(unit: Unit, anchors: Path) -> None:
    told = io.StringIO()
    call_command("verify_audit", stderr=told, stdout=io.StringIO())
    assert "can not be seen" in told.getvalue()
    with pytest.raises(CommandError, match="nothing at"):
        call_command("verify_audit", anchors=anchors / "elsewhere")
