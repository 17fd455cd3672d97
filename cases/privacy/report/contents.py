"""Everything the unit holds about a person, table by table, in the language that is active.

Other people are never in it: staff are their role, or their name where the leader decided so.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.accounts.models import Membership, User
from cases.core.working_days import OSLO
from cases.letters.content import LetterContent
from cases.letters.models import Letter
from cases.people.models import Corrected, Person
from cases.privacy.models import PersonExport
from cases.privacy.report.registry import Model, label_of, paths, shown_fields
from cases.privacy.report.words import ORDER, label_of_field, title_of


@dataclass(frozen=True)
class Entry:
    """One row. `words` is for people, `values` for machines: codes and ISO dates, empty ones too."""

    words: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Section:
    table: str
    app: str
    title: str
    entries: tuple[Entry, ...]


def sections_of(person: Person, *, with_names: bool) -> list[Section]:
    """Sections with at least one row, in the order of a person's journey. One query each."""
    staff = Staff(person, with_names)
    ordered = sorted(paths(), key=lambda model: ORDER.index(model._meta.app_label))
    sections = [_section(model, person, staff) for model in ordered if shown_fields(model)]
    return [section for section in sections if section.entries]


def rows_of(model: Model, person: Person) -> Iterable[Any]:
    """The person's rows of this table, each with the person at hand, whose key opens it."""
    path = paths()[model]
    if not path:
        yield person
        return
    joined = [
        field.name
        for field in shown_fields(model)
        if field.is_relation and field.related_model is not User
    ]
    steps = ["__".join(path[:length]) for length in range(1, len(path))]
    rows = model._base_manager.filter(**{"__".join(path): person.pk})
    for row in rows.select_related(*joined, *steps).order_by("pk").iterator():
        nearest = row
        for step in path[:-1]:
            nearest = getattr(nearest, step)
        setattr(nearest, path[-1], person)
        yield row


class Staff:
    """Employees by role. Names only where the leader decided so."""

    def __init__(self, person: Person, with_names: bool) -> None:
        members = Membership.objects.filter(unit=person.unit_id).select_related("user")
        self._roles: dict[UUID, str] = {}
        self._names: dict[UUID, str] = {}
        for member in members.order_by("valid_from"):
            self._roles[member.user_id] = member.get_role_display()
            self._names[member.user_id] = member.user.name
        self._with_names = with_names

    def said(self, user: UUID) -> str:
        role = self._roles.get(user, _("employee"))
        name = self._names.get(user) if self._with_names else None
        return f"{name} ({role})" if name else role


def _section(model: Model, person: Person, staff: Staff) -> Section:
    fields = [(field, label_of_field(field)) for field in shown_fields(model)]
    entries = [_entry(row, fields, staff) for row in rows_of(model, person)]
    entries.sort(key=lambda dated: dated[0])
    return Section(
        table=label_of(model),
        app=model._meta.app_label,
        title=title_of(model),
        entries=tuple(entry for _when, entry in entries),
    )


def _entry(row: Any, fields: list[tuple[Any, str]], staff: Staff) -> tuple[str, Entry]:
    """The entry, with what orders it: the first moment or day in it."""
    values, words, when = {}, [], ""
    for field, label in fields:
        value = getattr(row, field.attname)
        said = _said(row, field, value, staff)
        values[field.name] = said if field.is_relation else _plain(row, field, value)
        if said:
            words.append(f"{label}: {said}")
        if not when and isinstance(value, date):
            when = value.isoformat()
    return when, Entry("; ".join(words), values)


def _plain(row: Any, field: Any, value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(row, Letter) and field.name == "content":
        return json.loads(value)
    return value


def _said(row: Any, field: Any, value: Any, staff: Staff) -> str:
    """The value in words; nothing for nothing."""
    if value is None or value == "" or value == []:
        return ""
    if field.is_relation:
        return _related(row, field, value, staff)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    special = SPECIAL.get(f"{row._meta.label}.{field.name}")
    return special(row) if special else _in_words(value)


def _related(row: Any, field: Any, value: Any, staff: Staff) -> str:
    if field.related_model is User:
        return staff.said(value)
    other = getattr(row, field.name)
    return _in_words(other.requested_at) if isinstance(other, PersonExport) else str(other)


def _in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value, OSLO), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return ", ".join(_in_words(_as_day(item)) for item in value)
    return str(value)


def _as_day(item: Any) -> Any:
    try:
        return date.fromisoformat(item)
    except (TypeError, ValueError):
        return item


def _letter(row: Any) -> str:
    content = LetterContent.from_json(row.content)
    lines = [content.title, content.dated, *(f"{label}: {value}" for label, value in content.facts)]
    lines += [line for part in content.parts for line in part if line]
    return "\n".join([*content.recipient_lines, *lines, *content.closing])


def old_value(correction: Any) -> str:
    """What was corrected, as the page of the person shows it: a choice by its name."""
    if correction.what == Corrected.IDENTITY_NUMBER:
        return str(correction.was)
    field: Any = Person._meta.get_field(correction.what)
    if field.choices:
        return str(dict(field.flatchoices).get(correction.was, correction.was))
    if isinstance(field, models.DateField):
        return _in_words(_as_day(correction.was))
    return str(correction.was)


SPECIAL = {"letters.Letter.content": _letter, "people.Correction.was": old_value}
