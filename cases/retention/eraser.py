"""Erase cases and people through every table, whichever app it lives in.

The models say it themselves: whatever has a foreign key, however far, to a person, a referral or a
case hangs on it. What `class Privacy` keeps nothing of goes as a whole row; a row that keeps
something and can stand without the person stays with everything else emptied. A file that stays and
was made of a row that goes, besides others (`made_into`, `made_of`), is destroyed. A model of a later
app is handled the day it is written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from cases.accounts.models import Draft
from cases.audit.record import record
from cases.casework.models import Case, Referral
from cases.core.fields import EncryptedTextField, Sealed
from cases.people.models import Person
from cases.reminders.models import EarlyReceipt, Message

Model = type[models.Model]
ROOTS: tuple[Model, ...] = (Person, Referral, Case)
# Columns that name a row without a foreign key; drafts are found by what they name.
LOOSE: tuple[tuple[Model, str, Model, str], ...] = (
    # A receipt that came before the message was in the ledger.
    (EarlyReceipt, "provider_id", Message, "provider_id"),
)
IN_ONE_STATEMENT = 500


@dataclass(frozen=True)
class Hanging:
    """A model with its foreign keys towards a person or case."""

    model: Model
    keys: tuple[models.ForeignKey[Any, Any], ...]

    @property
    def stays_emptied(self) -> bool:
        """Whether a row keeps something and can stand without what it hung on."""
        privacy: Any = self.model.__dict__.get("Privacy")
        return bool(
            self.model not in ROOTS
            and privacy is not None
            and privacy.kept
            and all(key.null and key.name not in privacy.kept for key in self.keys)
        )


@cache
def hanging_models() -> tuple[Hanging, ...]:
    """Every model that hangs on a person or case, whatever it hangs on before itself."""
    everything = [m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy]
    reached = {root: Hanging(root, ()) for root in ROOTS}
    before: dict[Model, Hanging] = {}
    while reached != before:
        before = dict(reached)
        for model in everything:
            if keys := tuple(_keys_to(model, before)):
                reached[model] = Hanging(model, keys)
    order = TopologicalSorter(
        {model: {key.related_model for key in one.keys} for model, one in reached.items()}
    ).static_order()
    return tuple(reached[model] for model in order)


def _keys_to(
    model: Model, reached: Mapping[Model, Hanging]
) -> Iterator[models.ForeignKey[Any, Any]]:
    """Of a row that stays emptied, a part hangs on the person only if it has something to erase."""
    privacy: Any = model.__dict__.get("Privacy")
    for column in model._meta.concrete_fields:
        target = column.related_model
        if not isinstance(column, models.ForeignKey) or target is None or target is model:
            continue
        if target not in reached:
            continue
        if not reached[target].stays_emptied or privacy is None or privacy.erased:
            yield column


@dataclass
class Erased:
    """Rows per table, and which cases and people they were."""

    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cases: set[UUID] = field(default_factory=set)
    people: set[UUID] = field(default_factory=set)


def erase(cases: Collection[UUID], *, people: Collection[UUID] = ()) -> Erased:
    """Delete these cases, these people with all they have, and whoever has nothing left.

    To be called inside `recorded()`, with the cases locked.
    """
    living = dict(Case.objects.filter(pk__in=cases).values_list("pk", "referral"))
    cases, referrals = set(living), set(living.values())
    alone = _whoever_has_nothing_else(cases, referrals) | set(people)
    found = _found({Person: alone, Referral: referrals, Case: cases})
    erased = Erased(cases=set(found[Case]), people=alone)
    _destroy_files(found, erased)
    _erase_loose(found, erased)
    _erase_drafts(found, erased)
    for hanging in reversed(hanging_models()):
        _erase_rows(hanging, found[hanging.model], erased)
    return erased


def _whoever_has_nothing_else(cases: Collection[UUID], referrals: Collection[UUID]) -> set[Any]:
    people = Person.objects.select_for_update().filter(
        pk__in=Case.objects.filter(pk__in=cases).values("person")
    )
    them = set(people.values_list("pk", flat=True))
    others = Case.objects.filter(person__in=them).exclude(pk__in=cases)
    open_referrals = Referral.objects.filter(person__in=them).exclude(pk__in=referrals)
    them -= set(others.values_list("person", flat=True))
    return them - set(open_referrals.values_list("person", flat=True))


def _found(roots: dict[Model, set[Any]]) -> dict[Model, set[Any]]:
    """The keys of every row that goes, parents before their parts."""
    found: dict[Model, set[Any]] = defaultdict(set, roots)
    for hanging in hanging_models():
        for key in hanging.keys:
            for part in _parts(found[key.related_model]):
                rows = hanging.model._base_manager.filter(**{f"{key.name}__in": part})
                found[hanging.model] |= set(rows.values_list("pk", flat=True))
    return found


def _parts(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """So many keys as one statement takes."""
    rest = iter(keys)
    while part := list(islice(rest, IN_ONE_STATEMENT)):
        yield part


def _erase_rows(hanging: Hanging, keys: Iterable[Any], erased: Erased) -> None:
    for part in _parts(keys):
        rows = hanging.model._base_manager.filter(pk__in=part)
        if hanging.stays_emptied:
            erased.rows[hanging.model._meta.db_table] += rows.update(**_emptied(hanging.model))
        else:
            # The rows that hang on these are gone already: nothing is left to cascade to.
            erased.rows[hanging.model._meta.db_table] += rows._raw_delete(rows.db)


def _emptied(model: Model) -> dict[str, Any]:
    privacy: Any = model.__dict__["Privacy"]
    values: dict[str, Any] = {}
    for name in privacy.erased:
        column = model._meta.get_field(name)
        assert isinstance(column, models.Field)
        values[name] = None if column.null else _nothing(column)
    return values | privacy.anonymised


def _nothing(column: "models.Field[Any, Any]") -> Any:
    if isinstance(column, EncryptedTextField):
        return Sealed(b"")
    return column.get_default()


def _destroy_files(found: dict[Model, set[Any]], erased: Erased) -> None:
    """Files that stay and hold a row that goes, whoever else is in them: sealed, they can not be cut.

    Locked also where no file is there yet: whoever seals one now looks again what it holds.
    """
    for files in _files_made_of(found):
        for row in files.select_for_update(of=("self",)).without_file().order_by("pk"):
            if row.forget_erased_content():
                erased.rows[row._meta.db_table] += 1
                record(
                    f"{row.name_in_log}.destroyed", by=None, unit=row.unit_id, target=row,
                    persons=row.persons(),
                )  # fmt: skip


def _files_made_of(found: dict[Model, set[Any]]) -> Iterator[Any]:
    for model in [hanging.model for hanging in hanging_models()]:
        privacy, base = model.__dict__.get("Privacy"), model._base_manager
        if link := getattr(privacy, "made_into", None):  # one row, and others' beside it
            holders: Any = model._meta.get_field(link).related_model
            for part in _parts(sorted(found[model])):
                yield holders.objects.filter(pk__in=base.filter(pk__in=part).values(link))
        if link := getattr(privacy, "made_of", None):  # all that a person has, who stays
            cases = Case.objects.filter(pk__in=found[Case]).exclude(person__in=found[Person])
            files: Any = model._default_manager.filter(**{f"{link}__in": cases.values("person")})
            yield files.exclude(pk__in=found[model])


def _erase_loose(found: dict[Model, set[Any]], erased: Erased) -> None:
    for model, column, target, named_by in LOOSE:
        for part in _parts(found[target]):
            names = target._base_manager.filter(pk__in=part).values_list(named_by, flat=True)
            wanted = [str(name) for name in names if name]
            gone, _by_model = model._base_manager.filter(**{f"{column}__in": wanted}).delete()
            erased.rows[model._meta.db_table] += gone


def _erase_drafts(found: dict[Model, set[Any]], erased: Erased) -> None:
    """What somebody typed on a page of any row that goes, and did not send."""
    gone = {str(key) for keys in found.values() for key in keys}
    drafts = Draft._base_manager.values_list("pk", "ids")
    for part in _parts([draft for draft, ids in drafts if not gone.isdisjoint(ids)]):
        deleted, _by_model = Draft._base_manager.filter(pk__in=part).delete()
        erased.rows[Draft._meta.db_table] += deleted
