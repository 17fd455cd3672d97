"""Bring every data key and every look-up hash to the first keys of FIELD_KEYS, while people work.

The registry says what there is: whatever holds a data key, and every `LookupHashField`. A chunk is a
short transaction; each row is changed only if it still is what was read; what is done stays done, so
a run may be broken off and begun again at any time.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from cases.core.crypto import CannotOpen, is_wrapped_by_first, unwrap, wrap
from cases.core.fields import LookupHashField
from cases.core.models import DataKeyHolder

CHUNK = 200


def key_holders() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, DataKeyHolder)]


def lookup_columns() -> list[tuple[type[models.Model], LookupHashField]]:
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, LookupHashField)
    ]


def rewrap_data_keys(chunk: int = CHUNK) -> int:
    """How many data keys were wrapped anew. The sealed columns themselves are not touched."""
    return sum(_rewrapped(model, chunk) for model in key_holders())


def _rewrapped(model: type[models.Model], chunk: int) -> int:
    changed = 0
    for rows in _chunks(
        model._base_manager.values_list("pk", "wrapped_key"), chunk, lambda r: r[0]
    ):
        old = [(pk, bytes(w)) for pk, w in rows if _is_behind(bytes(w))]
        with transaction.atomic():
            for pk, wrapped in old:
                anew = _wrapped_anew(wrapped)
                still = model._base_manager.filter(pk=pk, wrapped_key=wrapped)
                changed += still.update(wrapped_key=anew) if anew else 0
    return changed


def _is_behind(wrapped: bytes) -> bool:
    """A destroyed key is nothing: it needs no key any more."""
    return bool(wrapped) and not is_wrapped_by_first(wrapped)


def _wrapped_anew(wrapped: bytes) -> bytes:
    """Nothing where its field key is gone: `left_behind` tells of it, the others go on."""
    try:
        return wrap(unwrap(wrapped))
    except CannotOpen:
        return b""


def rehash_lookups(chunk: int = CHUNK) -> int:
    """How many look-up hashes were made anew by the first index key."""
    return sum(_rehashed(model, field, chunk) for model, field in lookup_columns())


def _rehashed(model: type[models.Model], field: LookupHashField, chunk: int) -> int:
    changed = 0
    for rows in _chunks(_with_keys(model), chunk, lambda row: row.pk):
        wrong = list(_not_by_first(rows, field))
        with transaction.atomic():
            for row, hashed in wrong:
                still = {"pk": row.pk, field.attname: getattr(row, field.attname)}
                changed += model._base_manager.filter(**still).update(**{field.attname: hashed})
    return changed


def _with_keys(model: type[models.Model]) -> Any:
    """The rows, each with the holder of its data key: no query per row."""
    holding = tuple(key_holders())
    holders = [f.name for f in model._meta.concrete_fields if f.related_model in holding]
    return model._base_manager.select_related(*holders) if holders else model._base_manager.all()


def _not_by_first(rows: list[Any], field: LookupHashField) -> Iterator[tuple[Any, str]]:
    for row in rows:
        try:
            hashed = field.of(row) if field.of else ""
        except CannotOpen:
            continue  # nobody can read what it would find; its holder is told of as well
        if hashed and hashed != getattr(row, field.attname):
            yield row, hashed


def left_behind() -> dict[str, int]:
    """Rows that still need another key than the first, by what they are. Empty: it may be removed."""
    left: dict[str, int] = {}
    for model in key_holders():
        wrapped = model._base_manager.values_list("wrapped_key", flat=True)
        left[model._meta.label] = sum(_is_behind(bytes(one)) for one in wrapped.iterator())
    for model, field in lookup_columns():
        chunks = _chunks(_with_keys(model), CHUNK, lambda row: row.pk)
        left[f"{model._meta.label}.{field.name}"] = sum(
            len(list(_not_by_first(rows, field))) for rows in chunks
        )
    return {name: count for name, count in left.items() if count}


def _chunks(rows: Any, size: int, key: Any) -> Iterator[list[Any]]:
    """All rows in the order of their keys, so that none is seen twice and new ones hurt nothing."""
    last = None
    while True:
        after = rows if last is None else rows.filter(pk__gt=last)
        found = list(after.order_by("pk")[:size])
        if not found:
            return
        yield found
        last = key(found[-1])
