"""Events stand or fall with what they tell about; the chain shows every change."""

import pytest
from django.db import DatabaseError, connection, transaction

from cases.accounts.models import User
from cases.audit.models import INSTALLATION, Event, Head
from cases.audit.record import NothingIsRecorded, record, recorded
from cases.audit.verify import all_broken_links
from cases.units.models import Unit

pytestmark = pytest.mark.django_db


class Stop(Exception):
    pass


def three_events(unit: Unit) -> None:
    for name in ("one.done", "two.done", "three.done"):
        with recorded():
            record(name, by=None, unit=unit.pk, persons=[unit.pk], fields=["b", "a"])


def test_events_are_written_when_the_outermost_block_ends(unit: Unit) -> None:
    with recorded():
        with recorded():
            record("inner.done", by=None, unit=unit.pk)
        assert not Event.objects.filter(action="inner.done").exists()
    assert Event.objects.get(action="inner.done").unit == unit.pk


@pytest.mark.django_db(transaction=True)
def test_c2_what_happens_after_the_commit_can_not_be_recorded_in_silence() -> None:
    """Its events would be in no list that is written: better a fault than a gap in the log."""
    with pytest.raises(NothingIsRecorded), recorded():
        transaction.on_commit(lambda: record("late.done", by=None))
    with recorded():
        record("next.done", by=None)
    assert set(Event.objects.values_list("action", flat=True)) == {"next.done"}


def test_a_failed_inner_block_takes_its_rows_and_events_with_it(unit: Unit) -> None:
    with recorded():
        record("kept.done", by=None, unit=unit.pk)
        with pytest.raises(Stop), recorded():
            Unit.objects.filter(pk=unit.pk).update(phone="1")
            record("lost.done", by=None, unit=unit.pk)
            raise Stop
    assert Event.objects.filter(action="kept.done").exists()
    assert not Event.objects.filter(action="lost.done").exists()
    assert Unit.objects.get(pk=unit.pk).phone == unit.phone


def test_without_an_audit_row_nothing_is_kept(unit: Unit, broken_audit: type[Exception]) -> None:
    with pytest.raises(broken_audit), recorded():
        Unit.objects.filter(pk=unit.pk).update(phone="1")
        record("unit.changed", by=None, unit=unit.pk)
    assert Unit.objects.get(pk=unit.pk).phone == unit.phone


def test_an_event_outside_a_block_is_refused() -> None:
    with pytest.raises(NothingIsRecorded):
        record("lost.done", by=None)


def test_each_unit_has_its_own_whole_chain(unit: Unit, other_unit: Unit, adviser: User) -> None:
    three_events(unit)
    three_events(other_unit)
    with recorded():
        record("shared.done", by=adviser)
    assert all_broken_links() == []
    assert Head.objects.filter(unit__in=[unit.pk, other_unit.pk, INSTALLATION]).count() == 3
    assert list(
        Event.objects.filter(unit=other_unit.pk)
        .order_by("sequence")
        .values_list("sequence", flat=True)
    ) == [1, 2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'other'",
        "DELETE FROM audit_event",
    ],
)
def test_the_database_refuses_to_change_an_event(unit: Unit, statement: str) -> None:
    three_events(unit)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.filter(unit=unit.pk).count() == 3
