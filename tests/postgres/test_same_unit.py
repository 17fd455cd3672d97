"""B5: a row and what it points at are of the same unit, whoever writes."""

import pytest
from django.db import DatabaseError, transaction

from cases.core.database.context import in_units
from cases.core.database.keys import CHILD, SameUnit, same_unit_keys
from cases.units.models import Unit
from tests import factories
from tests.postgres.conftest import Side, rows, run, speaking

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
KEYS = list(same_unit_keys())


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
        return str(error.__cause__.diag.constraint_name)
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
    everywhere = in_units(ours.unit.pk, theirs.unit.pk, empty.pk)
    with speaking(everywhere):
        broken = broken_by(f'{update} "{key.column}" = %s {where}', [parent, child[0][0]])
        if broken and not broken.startswith(CHILD):
            # One-to-one, and taken: then the row itself moves to a third unit, its parent stays.
            moved = [empty.pk, child[0][0]]
            broken = broken_by(f'{update} "{key.child_unit}" = %s {where}', moved)
    return broken


def test_b5_no_row_can_point_into_another_unit(ours: Side, theirs: Side) -> None:
    empty = factories.make_unit("Tom")
    tried = {key: link_to_foreign(key, ours, theirs, empty) for key in KEYS}
    outcomes = {key.name: broken for key, broken in tried.items() if broken is not None}
    assert len(outcomes) >= 15, "the two units must hold rows of most kinds"
    assert {n: broken for n, broken in outcomes.items() if not broken.startswith(CHILD)} == {}


def test_b5_a_plain_foreign_key_would_accept_it(ours: Side, theirs: Side) -> None:
    """So the test above is the composite key's, not somebody else's."""
    key = next(key for key in KEYS if (key.child, key.column) == ("casework_note", "case_id"))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f'ALTER TABLE "{key.child}" DROP CONSTRAINT "{key.name}"')
    assert link_to_foreign(key, ours, theirs, factories.make_unit("Tom")) == ""


def test_b5_every_relation_within_a_unit_has_its_key() -> None:
    there = {row[0] for row in rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    assert len(KEYS) > 25
    assert {key.name for key in KEYS} - there == set()
