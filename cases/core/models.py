"""What every table shares: identity, data keys, optimistic locking, names in three languages."""

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.core.crypto import new_wrapped_key, unwrap


@dataclass(frozen=True)
class HoldsDeletion:
    """In `class Privacy` of a model: while a row is unfinished, retention deletes nothing it is of.

    `of` is the way to the case or the person, `why` a value of retention's `LeftOut`.
    """

    why: str
    of: str
    unfinished: Q


@cache
def declared_in_privacy(name: str) -> dict[type[models.Model], Any]:
    """Models whose own `class Privacy` says this, and what it says: apps on one line of the journey
    learn from each other without an import."""
    said = {
        model: getattr(model.__dict__.get("Privacy"), name, None) for model in apps.get_models()
    }
    return {model: value for model, value in said.items() if value}


class StaleVersion(Exception):
    """Somebody else saved this row after it was read."""


class Row(models.Model):
    """A UUID made in Python: the only identity that reaches an address or a log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Versioned(Row):
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_version(self, *fields: str) -> None:
        """Save these fields if nobody saved in between. Raises StaleVersion."""
        values = {name: getattr(self, name) for name in fields}
        changed = (
            type(self)
            ._base_manager.filter(pk=self.pk, version=self.version)
            .update(version=F("version") + 1, **values)
        )
        if not changed:
            raise StaleVersion
        self.version += 1

    def raise_version(self) -> None:
        """Something that belongs to the row has changed: whoever saw it before saw another."""
        type(self)._base_manager.filter(pk=self.pk).update(version=F("version") + 1)
        self.refresh_from_db(fields=["version"])


class DataKeyHolder(models.Model):
    """Owns the key that seals its own and its parts' columns; the key dies with the row."""

    wrapped_key = models.BinaryField(default=new_wrapped_key, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row saved as a whole leaves its key alone: it may have been wrapped anew meanwhile."""
        is_new = self._state.adding or kwargs.get("force_insert")
        if not is_new and not args and kwargs.get("update_fields") is None:
            columns = {f.attname: f for f in self._meta.concrete_fields if not f.primary_key}
            kept = self.get_deferred_fields() | {"wrapped_key"}
            kwargs["update_fields"] = [f.name for a, f in columns.items() if a not in kept]
        super().save(*args, **kwargs)

    def data_key(self) -> bytes:
        return self._data_key

    @cached_property
    def _data_key(self) -> bytes:
        return unwrap(bytes(self.wrapped_key))


class NamedInThreeLanguages(models.Model):
    """A name kept by administrators; shown in the reader's language, bokmål where it is missing."""

    name_nb = models.CharField(_("name, bokmål"), max_length=120)
    name_nn = models.CharField(_("name, nynorsk"), max_length=120, blank=True)
    name_en = models.CharField(_("name, English"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return getattr(self, f"name_{get_language() or 'nb'}", "") or self.name_nb


class DatedQuerySet(models.QuerySet[Any]):
    def in_force_on(self, day: date) -> Self:
        return self.not_over_on(day).filter(valid_from__lte=day)

    def not_over_on(self, day: date) -> Self:
        """In force on this day, or to come."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class Dated(models.Model):
    """In force from a day, and to a day (included) or for the time being."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to and including"), null=True, blank=True)

    class Meta:
        abstract = True

    def in_force_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def dates_in_order(app_and_model: str) -> models.CheckConstraint:
    """valid_from ≤ valid_to, one rule for form and database."""
    return models.CheckConstraint(
        name=f"{app_and_model}_dates_in_order",
        condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
        violation_error_message=_("The last day must not come before the first day."),
    )


def both_or_neither(name: str, first: str, second: str) -> models.CheckConstraint:
    """When and by whom belong together."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
    )
