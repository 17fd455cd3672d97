"""A unit with very many cases, made fast: made-up cases copied with new identities."""

from typing import Any
from uuid import uuid4

from django.db import models, transaction

from cases.casework.models import Case, Referral
from cases.people.models import Person, SearchToken
from cases.units.models import Unit

ROWS_AT_ONCE = 500


def copy_of(row: Any, **changes: Any) -> Any:
    """A new row with the same columns but these; sealed columns stay sealed as they are."""
    values = {f.attname: row.__dict__[f.attname] for f in row._meta.concrete_fields}
    return type(row)(**values | changes)


def grow(unit: Unit, wanted: int) -> None:
    """Copy the unit's cases, with person, referral and search tokens, until it has `wanted`."""
    cases = list(Case.objects.filter(unit=unit).select_related("person", "referral"))
    tokens: dict[Any, list[SearchToken]] = {}
    for token in SearchToken.objects.filter(unit=unit):
        tokens.setdefault(token.person_id, []).append(token)
    serial = 200_000
    missing = wanted - len(cases)
    while missing > 0:
        batch: dict[type[models.Model], list[Any]] = {
            Person: [],
            SearchToken: [],
            Referral: [],
            Case: [],
        }
        for case in cases[:missing]:
            serial += 1
            _add_copy(case, serial, tokens.get(case.person_id, []), batch)
        with transaction.atomic():
            for model, rows in batch.items():
                model._base_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        missing -= len(batch[Case])


def _add_copy(case: Case, serial: int, tokens: list[SearchToken], batch: dict[Any, Any]) -> None:
    person = copy_of(case.person, id=uuid4())
    reference = f"{case.referral.sender_reference}-{serial}" if case.referral.sender_id else ""
    referral = copy_of(case.referral, id=uuid4(), person_id=person.pk, sender_reference=reference)
    batch[Person].append(person)
    # Other names than the one copied: a name is as rare in the large unit as in the small one.
    batch[SearchToken] += [
        SearchToken(unit_id=t.unit_id, person_id=person.pk, prefix=f"{serial % 997}{t.prefix}"[:12])
        for t in tokens
    ]
    batch[Referral].append(referral)
    number = f"{case.number.split('-')[0]}-{case.year}-{serial}"
    batch[Case].append(
        copy_of(
            case, id=uuid4(), person_id=person.pk, referral_id=referral.pk, serial=serial,
            number=number,
        )
    )  # fmt: skip
