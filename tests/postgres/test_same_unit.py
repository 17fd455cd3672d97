"""B5: a row and what it points at are of the same unit, whoever writes."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.casework.models import Case, Finding, PoliceOrder, ThresholdDecision
from cases.core.database.context import in_units
from cases.core.database.keys import CHILD, SameUnit, same_unit_keys, shared_parents
from cases.letters.reference import load_texts
from cases.people.models import Correction
from cases.privacy.models import Restriction
from cases.reminders.reference import load_rules
from cases.retention.models import Certificate, DueList, DueListItem, Hold, RetentionRule
from cases.units.models import Unit
from tests import factories
from tests.postgres.conftest import INSUFFICIENT_PRIVILEGE, Side, rows, run, speaking
from tests.retention.world import whole_case

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
KEYS = [*same_unit_keys(), *shared_parents()]
# Relations that are not tried because no row of them can be made here, and why not.
NOT_TRIED: dict[str, str] = {}


@pytest.fixture
def whole_sides(law: None) -> list[Side]:
    """Two units with a row in every table that points at another of its unit."""
    load_texts()
    load_rules()
    return [_whole_side(name) for name in ("Furu", "Gran")]


def _whole_side(name: str) -> Side:
    unit = factories.make_unit(name, profile="no-2021-bill")
    user = factories.make_user(f"leader{name}", unit, Role.LEADER)
    colleague = factories.make_user(f"colleague{name}", unit, Role.ADVISER)
    case = whole_case(user, colleague, f"Kanari{name}")
    _of_the_referral(case, user)
    _of_the_person(case, user)
    _of_the_deletion(case, user)
    return Side(unit, user, case, f"Kanari{name}")


def _of_the_referral(case: Case, by: User) -> None:
    Finding.objects.create(order=PoliceOrder.objects.get(referral=case.referral), unit=case.unit)
    ThresholdDecision.objects.create(
        referral=case.referral, unit=case.unit, decision="accept", reason="x",
        decided_at=timezone.now(), decided_by=by,
    )  # fmt: skip


def _of_the_person(case: Case, by: User) -> None:
    now = timezone.now()
    Correction.objects.create(
        unit=case.unit, person=case.person, what="given_name", was="x", corrected_at=now,
        corrected_by=by,
    )  # fmt: skip
    Restriction.objects.create(
        unit=case.unit, person=case.person, reason="x", set_at=now, set_by=by
    )


def _of_the_deletion(case: Case, by: User) -> None:
    now = timezone.now()
    Hold.objects.create(unit=case.unit, case=case, reason="x", held_at=now, held_by=by)
    rule = RetentionRule.objects.create(
        unit=case.unit, months=24, source="x", valid_from=date(2020, 1, 1)
    )
    due_list = DueList.objects.create(unit=case.unit, total=1, confirmed_at=now, confirmed_by=by)
    DueListItem.objects.create(
        due_list=due_list, unit=case.unit, case=case.pk, case_version=1, number=case.number,
        rule=rule, due_on=now.date(),
    )  # fmt: skip
    Certificate.objects.create(unit=case.unit, due_list=due_list, begun_at=now)


def one_of(table: str, key: str, unit_column: str, unit: object) -> object | None:
    found = rows(f'SELECT "{key}" FROM "{table}" WHERE "{unit_column}" = %s LIMIT 1', [unit])
    return found[0][0] if found else None


def broken_by(sql: str, values: list[object]) -> str:
    """The name of the constraint that refuses the statement; empty when none does."""
    try:
        with transaction.atomic():
            run(sql, values)
            run("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as error:
        cause = error.__cause__
        return str(cause.diag.constraint_name or getattr(cause, "sqlstate", "?"))
    return ""


def link_to_foreign(key: SameUnit, ours: Side, theirs: Side, empty: Unit) -> str | None:
    """Point our row at their parent, with both units in the context; None without rows to try."""
    parent = one_of(key.parent, key.key, key.parent_unit, theirs.unit.pk)
    child = rows(
        f'SELECT "{key.column}" FROM "{key.child}" WHERE "{key.child_unit}" = %s '
        f'AND "{key.column}" IS NOT NULL LIMIT 1',
        [ours.unit.pk],
    )
    if parent is None or not child:
        return None
    update, where = f'UPDATE "{key.child}" SET', f'WHERE "{key.column}" = %s'
    to_foreign = (f'{update} "{key.column}" = %s {where}', [parent, child[0][0]])
    with speaking(in_units(ours.unit.pk, theirs.unit.pk, empty.pk)):
        broken = broken_by(*to_foreign)
    if broken == INSUFFICIENT_PRIVILEGE:
        # No page may change such a row; the database's owner may, and is refused all the same.
        broken = broken_by(*to_foreign)
    if broken and not broken.startswith(CHILD):
        # One-to-one, and taken: then the row itself moves to a third unit, its parent stays.
        broken = broken_by(f'{update} "{key.child_unit}" = %s {where}', [empty.pk, child[0][0]])
    return broken


def test_b5_no_row_can_point_into_another_unit(whole_sides: list[Side]) -> None:
    """Every relation is tried; one that is not says why, and a new one is tried or fails here."""
    ours, theirs = whole_sides
    empty = factories.make_unit("Tom")
    tried = {key.name: link_to_foreign(key, ours, theirs, empty) for key in KEYS}
    assert {name for name, broken in tried.items() if broken is None} == NOT_TRIED.keys()
    assert {
        name: broken
        for name, broken in tried.items()
        if broken is not None and not broken.startswith(CHILD)
    } == {}


def test_b5_a_parent_of_one_unit_or_of_all_is_followed(whole_sides: list[Side]) -> None:
    """A rule is everybody's or one unit's: tied to another unit it is refused from either side."""
    ours, theirs = whole_sides
    rule_of_all = RetentionRule.objects.create(months=24, source="x", valid_from=date(2021, 1, 1))
    change = "UPDATE retention_duelistitem SET rule_id = %s WHERE unit_id = %s"
    for_one = "UPDATE retention_retentionrule SET unit_id = %s WHERE id = %s"
    with speaking(in_units(ours.unit.pk, theirs.unit.pk)):
        assert broken_by(change, [rule_of_all.pk, ours.unit.pk]) == ""
        rule_of_theirs = RetentionRule.objects.get(unit=theirs.unit)
        name = "same_unit_retention_duelistitem_rule_id"
        assert broken_by(change, [rule_of_theirs.pk, ours.unit.pk]) == name
    run(change, [rule_of_all.pk, ours.unit.pk])
    assert broken_by(for_one, [ours.unit.pk, rule_of_all.pk]) == ""
    assert broken_by(for_one, [theirs.unit.pk, rule_of_all.pk]).startswith(CHILD)


def test_b5_a_plain_foreign_key_would_accept_it(ours: Side, theirs: Side) -> None:
    """So the test above is the composite key's, not somebody else's."""
    key = next(key for key in KEYS if (key.child, key.column) == ("casework_note", "case_id"))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f'ALTER TABLE "{key.child}" DROP CONSTRAINT "{key.name}"')
    assert link_to_foreign(key, ours, theirs, factories.make_unit("Tom")) == ""


def test_b5_every_relation_within_a_unit_is_checked() -> None:
    """Counted from the catalogue: each plain foreign key between two tables that have a unit."""
    between = rows(
        "SELECT k.conrelid::regclass::text, a.attname FROM pg_constraint k "
        "JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] "
        "WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND (SELECT count(*) FROM "
        "pg_attribute u WHERE u.attrelid IN (k.conrelid, k.confrelid) AND u.attname = 'unit_id' "
        "AND NOT u.attisdropped) = CASE WHEN k.conrelid = k.confrelid THEN 1 ELSE 2 END"
    )
    there = {row[0] for row in rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    there |= {row[0] for row in rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")}
    assert len(between) > 40
    assert set(between) == {(key.child, key.column) for key in KEYS}
    assert {key.name for key in KEYS} - there == set()
    assert {key.parent_name for key in shared_parents()} - there == set()
