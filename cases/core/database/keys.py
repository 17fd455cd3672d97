"""Composite foreign keys: a row and what it points at are of the same unit.

A plain foreign key is checked without regard to row-level security, so it would accept the id of
another unit's row. Deferred to the end of the transaction, as Django's own are.
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


def same_unit_keys() -> Iterator[SameUnit]:
    """One for each relation between two models that both have a unit.

    A parent whose unit may be empty is shared by all units: nothing to compare.
    """
    for model in registered_models():
        child = table_of(model)
        if not child.unit:
            continue
        for field in model._meta.concrete_fields:
            parent = _parent(field)
            if parent is None:
                continue
            table = table_of(parent)
            if table.unit and not table.unit_may_be_empty:
                yield SameUnit(
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
