"""A row and what it points at are of the same unit: composite foreign keys, and triggers.

A plain foreign key is checked without regard to row-level security, so it would accept the id of
another unit's row. A composite one is deferred to the end of the transaction, as Django's own are.

A parent whose unit may be empty is shared by all units, or one unit's own: a key can not say that,
so a trigger on either side looks. It locks what it looks at, as a key does: nobody gives the shared
parent to one unit while another's row is being tied to it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from cases.core.database.tables import registered_models, table_of

LONGEST_NAME = 63
PARENT, CHILD = "unit_and_key_", "same_unit_"


@dataclass(frozen=True)
class SameUnit:
    child: str
    child_unit: str
    column: str
    parent: str
    parent_unit: str
    key: str

    @property
    def name(self) -> str:
        return _short(f"{CHILD}{self.child}_{self.column}")

    @property
    def parent_name(self) -> str:
        return _short(f"{PARENT}{self.parent}")

    def parent_sql(self) -> str:
        return (
            f'ALTER TABLE "{self.parent}" ADD CONSTRAINT "{self.parent_name}" '
            f'UNIQUE ("{self.parent_unit}", "{self.key}")'
        )

    def child_sql(self) -> str:
        return (
            f'ALTER TABLE "{self.child}" ADD CONSTRAINT "{self.name}" '
            f'FOREIGN KEY ("{self.child_unit}", "{self.column}") '
            f'REFERENCES "{self.parent}" ("{self.parent_unit}", "{self.key}") '
            "DEFERRABLE INITIALLY DEFERRED"
        )


# (other table, its column, ours, its unit, our unit): the rows that are tied must agree on the unit.
FUNCTION = "advisory_same_unit"
CREATE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    is_foreign boolean;
BEGIN
    EXECUTE format(
        'SELECT bool_or(tied.unit <> ($1).%5$I) FROM '
        '(SELECT %4$I AS unit FROM public.%1$I WHERE %2$I = ($1).%3$I FOR SHARE) AS tied',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4]
    ) INTO is_foreign USING NEW;
    IF is_foreign THEN
        RAISE EXCEPTION 'a row of another unit' USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$"""


@dataclass(frozen=True)
class SharedParent(SameUnit):
    """The parent's unit may be empty; then it is everybody's."""

    @property
    def parent_name(self) -> str:
        return _short(f"{CHILD}of_{self.child}_{self.column}")

    def child_sql(self) -> str:
        tied = (self.parent, self.key, self.column, self.parent_unit, self.child_unit)
        return _trigger(self.name, self.child, tied)

    def parent_sql(self) -> str:
        tied = (self.child, self.column, self.key, self.child_unit, self.parent_unit)
        return _trigger(self.parent_name, self.parent, tied)

    def check_sql(self) -> str:
        """A trigger looks at what is written from now on only; a key at every row."""
        return (
            f'DO $$ BEGIN IF EXISTS (SELECT FROM "{self.child}" c JOIN "{self.parent}" p '
            f'ON p."{self.key}" = c."{self.column}" '
            f'WHERE p."{self.parent_unit}" <> c."{self.child_unit}") '
            f"THEN RAISE EXCEPTION 'rows of two units: {self.name}'; END IF; END $$"
        )


def _trigger(name: str, table: str, tied: tuple[str, ...]) -> str:
    own_column, own_unit = tied[2], tied[4]
    arguments = ", ".join(f"'{one}'" for one in tied)
    return (
        f'CREATE OR REPLACE TRIGGER "{name}" AFTER INSERT OR UPDATE OF "{own_column}", "{own_unit}" '
        f'ON "{table}" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}({arguments})'
    )


def same_unit_keys() -> Iterator[SameUnit]:
    """One for each relation between two models that both have a unit, the parent's never empty."""
    return (key for key in _relations() if not isinstance(key, SharedParent))


def shared_parents() -> Iterator[SharedParent]:
    """One for each relation to a parent that is one unit's or everybody's."""
    return (key for key in _relations() if isinstance(key, SharedParent))


def _relations() -> Iterator[SameUnit]:
    for model in registered_models():
        child = table_of(model)
        if not child.unit:
            continue
        for field in model._meta.concrete_fields:
            parent = _parent(field)
            if parent is None:
                continue
            table = table_of(parent)
            if table.unit:
                kind = SharedParent if table.unit_may_be_empty else SameUnit
                yield kind(
                    child.name, child.unit, str(field.column), table.name, table.unit, table.key
                )


def _parent(field: models.Field) -> type[models.Model] | None:
    related = field.related_model if field.is_relation else None
    return related if isinstance(related, type) else None


def _short(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: LONGEST_NAME - 9]}_{digest}"
