"""Valid bodies made from the forms themselves, and pictures of the whole database to compare."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.db import connection, models, transaction
from django.forms.formsets import BaseFormSet
from django.test import Client
from django.utils import timezone

from cases.core.forms import DecimalTextField, TypedDateField, TypedTimeField

# What every request writes, whatever it was asked for.
ALWAYS_WRITTEN = ("audit_", "accounts_usersession", "advisory_cache", "django_admin_log")

Picture = dict[str, dict[str, dict[str, Any]]]


def forms_of(response: Any) -> list[forms.BaseForm]:
    """Every form of a page, the lines of its formsets included."""
    found: dict[int, forms.BaseForm] = {}
    for context in response.context or []:
        for layer in context.dicts if hasattr(context, "dicts") else [context]:
            for value in layer.values():
                for form in value.forms if isinstance(value, BaseFormSet) else [value]:
                    if isinstance(form, forms.BaseForm):
                        found[id(form)] = form
    return list(found.values())


def body_of(response: Any) -> dict[str, Any]:
    """A body that the page would take: each field's own value, or a plausible one."""
    body: dict[str, Any] = {}
    for form in forms_of(response):
        for name, field in form.fields.items():
            value = _value_for(name, field, form.get_initial_for_field(field, name))
            if value is not None:
                body[form.add_prefix(name)] = value
    for context in response.context or []:
        for layer in context.dicts if hasattr(context, "dicts") else [context]:
            for value in layer.values():
                if isinstance(value, BaseFormSet):
                    prefix = value.prefix
                    body |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return body


def _value_for(name: str, field: forms.Field, initial: Any) -> Any:
    if isinstance(initial, models.Model):
        initial = initial.pk
    if isinstance(field, forms.ModelChoiceField):
        return str(initial or field.queryset.values_list("pk", flat=True).first() or "")
    if isinstance(field, forms.MultipleChoiceField):
        return [str(value) for value, _label in _options(field)][:1]
    if isinstance(field, forms.ChoiceField):
        values = [str(value) for value, _label in _options(field) if value not in ("", None)]
        return str(initial) if initial not in ("", None) else next(iter(values), "")
    if isinstance(field, forms.BooleanField):
        return "on" if field.required or initial else None
    if initial not in ("", None) and not isinstance(field, TypedDateField | TypedTimeField):
        return str(initial)
    return _typed(name, field)


def _options(field: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for value, label in field.choices:
        flat += label if isinstance(label, list | tuple) else [(value, label)]
    return flat


def _typed(name: str, field: forms.Field) -> str:
    today = timezone.localdate()
    if isinstance(field, TypedDateField):
        return (today + timedelta(days=9 if field.future_only else 0)).strftime("%d.%m.%Y")
    if isinstance(field, TypedTimeField):
        return "09.30"
    if isinstance(field, DecimalTextField | forms.IntegerField):
        return "1"
    if isinstance(field, forms.EmailField) or "email" in name:
        return "ny@example.no"
    if "mobile" in name or "phone" in name:
        return "900 12 345"
    if "identity" in name or "number" in name:
        return ""
    return "Et helt vanlig svar på dette" if field.required else ""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def picture() -> Picture:
    """Every row of every table, as the database has it: table → key → column → value."""
    taken: Picture = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table.startswith(ALWAYS_WRITTEN):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [
                column.name if hasattr(column, "name") else column[0]
                for column in cursor.description
            ]
            key = model._meta.pk.column
            taken[table] = {
                str(row[columns.index(key)]): dict(zip(columns, row, strict=True))
                for row in cursor.fetchall()
            }
    return taken


def changed_tables(before: Picture) -> list[str]:
    now = picture()
    return sorted(table for table in before | now if before.get(table) != now.get(table))


def new_values(before: Picture, after: Picture) -> Iterator[tuple[str, str, Any]]:
    """(table, column, value) of everything that is there now and was not before."""
    for table, rows in after.items():
        for key, row in rows.items():
            old = before.get(table, {}).get(key, {})
            for column, value in row.items():
                if column not in old or old[column] != value:
                    yield table, column, value


def as_text(value: Any) -> str:
    """Ids with and without hyphens are the same."""
    if isinstance(value, uuid.UUID):
        return value.hex
    return str(value).replace("-", "") if value is not None else ""


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, {name: value for name, value in body.items() if value is not None})
