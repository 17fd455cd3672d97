"""A4 and A5: ids and fields that a page did not offer, in the body of each form there is."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

from django import forms
from django.apps import apps
from django.db import models

from cases.core.forms import AdvisoryForm
from tests import factories
from tests.access.bodies import as_text, body_of, forms_of, new_values, picture, post, undone
from tests.access.matrix import World, addresses, path_to
from tests.access.policy import POLICY

# The forms of the second factor are allauth's own: no row is chosen there.
ADDRESSES = [
    (name, pattern)
    for name, pattern in addresses()
    if name in POLICY and not name.startswith("mfa_")
]
# Whoever may use the page opens it; the first who gets it fills it in.
WHO = ("adviser", "leader", "coordinator", "cleared")
# Fields whose rows are shared by every unit: there is no foreign one.
MARK = "massetildelt"


def pages_with_forms(world: World) -> Iterator[tuple[str, str, str, Any]]:
    """(name, person, path, response) of each page that shows a form to somebody of the unit."""
    adviser = world.people["adviser"]
    bare = factories.make_case(unit=world.unit, by=adviser, assigned_to=adviser)
    for name, pattern in ADDRESSES:
        # A page that a full case does not have is looked for on a new one.
        for ids, person in product((world.ids, world.ids | {"case_id": bare.pk}), WHO):
            path = path_to(name, pattern, ids)
            response = world.client(person).get(path)
            if response.status_code == 200 and forms_of(response):
                yield name, person, path, response
                break


def foreign_rows(world: World, field: forms.ModelChoiceField) -> list[str]:
    """Keys of rows of the same kind that the field does not offer, and one that is no row."""
    model = field.queryset.model
    offered = {str(key) for key in field.queryset.values_list("pk", flat=True)}
    rest = [
        str(k) for k in model._base_manager.values_list("pk", flat=True) if str(k) not in offered
    ]
    return [*rest[:3], str(uuid4()), "x", "' OR 1=1 --"]


def test_a4_a_row_that_was_not_offered_is_refused_in_every_form(world: World) -> None:
    covered: set[tuple[str, str]] = set()
    accepted = []
    for name, person, path, response in pages_with_forms(world):
        body = body_of(response)
        for form in forms_of(response):
            for field_name, field in form.fields.items():
                if not isinstance(field, forms.ModelChoiceField):
                    continue
                covered.add((type(form).__name__, field_name))
                for key in foreign_rows(world, field):
                    before = picture()
                    with undone():
                        typed = body | {form.add_prefix(field_name): key}
                        answer = post(world.client(person), path, typed)
                        kept = {t for t, _c, v in new_values(before, picture()) if key in str(v)}
                    if answer.status_code in (302, 303) or answer.status_code >= 500 or kept:
                        accepted.append(f"{name} {field_name}={key}: {answer.status_code} {kept}")
    assert accepted == []
    assert fields_with_rows() - covered == set(), "a form that no page of the matrix shows"


def fields_with_rows() -> set[tuple[str, str]]:
    """Every field of every form of ours whose value is a row."""
    found = set()
    waiting = [AdvisoryForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        for field_name, field in form.base_fields.items():
            if isinstance(field, forms.ModelChoiceField) and form.__module__.startswith("cases."):
                found.add((form.__name__, field_name))
    return found


def attacks(world: World) -> dict[str, str]:
    """A value for each column name of each model of ours, each marked so that it is found again."""
    values: dict[str, str] = {}
    for model in apps.get_models():
        if not model.__module__.startswith("cases."):
            continue
        for field in model._meta.concrete_fields:
            values[field.name] = values[field.attname] = _attack(world, field)
    return values | {"is_superuser": "true", "is_staff": "true", "owner": MARK, "state": MARK}


def _attack(world: World, field: models.Field) -> str:
    if field.is_relation and field.related_model._meta.label_lower == "units.unit":
        return str(world.foreign_case.unit_id)
    if field.is_relation and field.related_model._meta.label_lower == "people.person":
        return str(world.foreign_case.person_id)
    if isinstance(field, models.DateTimeField):
        return "2001-02-03T04:05:06Z"
    if isinstance(field, models.DateField):
        return "2001-02-03"
    if isinstance(field, models.BooleanField):
        return "true"
    if isinstance(field, models.IntegerField):
        return "7654321"
    return MARK


def test_a5_what_the_form_does_not_ask_for_changes_nothing(world: World) -> None:
    attack = attacks(world)
    marks = [
        MARK, "2001-02-03", "7654321", as_text(world.foreign_case.unit_id),
        as_text(world.foreign_case.person_id),
    ]  # fmt: skip
    changed, sent = [], 0
    for name, person, path, response in pages_with_forms(world):
        asked = {form.add_prefix(n) for form in forms_of(response) for n in form.fields}
        body = {k: v for k, v in attack.items() if k not in asked} | body_of(response)
        before = picture()
        with undone():
            answer = post(world.client(person), path, body)
            found = [
                f"{name}: {table}.{column} = {value}"
                for table, column, value in new_values(before, picture())
                if any(mark in as_text(value) or mark in str(value) for mark in marks)
            ]
        sent += answer.status_code in (302, 303)
        changed += found
        assert answer.status_code < 500, name
    assert changed == []
    assert sent >= 10, "hardly any form was sent whole: the bodies are not valid any more"
