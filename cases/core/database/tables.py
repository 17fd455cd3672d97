"""What kind of table each model is. A table with a unit is locked by it; the others say why not.

Whatever has a `unit` and is named nowhere here is about people: seen inside its own unit alone.
A model without a unit that is not named here gets no rights at all, and a test fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.apps import apps
from django.db import models


class Kind(Enum):
    OF_A_UNIT = auto()  # about people: own units only
    SET_UP = auto()  # of a unit, nothing about the people in its cases
    OF_A_USER = auto()  # seen by its owner alone
    CHAIN = auto()  # the access log
    UNIT = auto()  # the units themselves
    REFERENCE = auto()  # the same for everybody, written by who sets up
    MACHINE = auto()  # the same for everybody, written by the program
    UNKNOWN = auto()  # no unit, no reason: no rights


# Configuration of a unit: whoever sets up the installation keeps it for all of them.
SET_UP = frozenset(
    {
        "accounts.Membership",
        "casework.UnitLawProfile",
        "letters.TextTemplate",
        "retention.RetentionRule",
        "reminders.ReminderRule",
        "support.Service",
        "units.ClosedDay",
        "units.Place",
        "units.UnitMunicipality",
    }
)
# Columns by which a row is also seen by the user it concerns, whatever the unit.
SEEN_BY_USER = {
    "accounts.Membership": ("user_id",),
    "accounts.StandIn": ("absent_id", "substitute_id"),
}
OF_A_USER = {"accounts.Draft": "owner_id"}
# The history of a row in Django admin: what was set up, by whom, in whatever unit.
SEEN_BY_SET_UP = {"audit.Event": "action LIKE 'admin.%'"}
CHAIN = frozenset({"audit.Event", "audit.EventPerson", "audit.Seal"})
REFERENCE = {
    "auth.Group": "Django's own, empty: rights are memberships",
    "auth.Group_permissions": "Django's own, empty: rights are memberships",
    "auth.Permission": "names of Django's own rights",
    "casework.LawProfile": "law",
    "casework.LegalBasis": "law",
    "casework.Sender": "police districts and courts",
    "casework.Substance": "law",
    "casework.Threshold": "law",
    "casework.ThresholdTable": "law",
    "contenttypes.ContentType": "names of models",
    "statistics.PublishedFigure": "published by others",
    "units.Municipality": "names and numbers of municipalities",
}
MACHINE = {
    "account.EmailAddress": "staff: how they sign in",
    "account.EmailConfirmation": "staff: how they sign in",
    "accounts.User": "staff: one user may work in several units",
    "accounts.UserSession": "staff: who is signed in",
    "admin.LogEntry": "written by Django admin, which keeps set-up only",
    "audit.Head": "a number and a hash for each chain; whoever writes an event must lock it",
    "mfa.Authenticator": "staff: how they sign in",
    "oidc.Identity": "staff: how they sign in",
    "reminders.Circuit": "whether a gateway answers",
    "reminders.EarlyReceipt": "a provider's id before it is known whose message it was",
    "reminders.Heartbeat": "when a job came to its end",
}
# Tables that are no models.
WITHOUT_A_MODEL = {
    "advisory_cache": "rate limits, and which forms have acted",
    "audit_change": "which rows a statement wrote: keys only, written by triggers",
    "django_migrations": "which migrations have run",
}


@dataclass(frozen=True)
class Table:
    label: str
    name: str
    kind: Kind
    key: str  # the column of the primary key
    unit: str = ""  # the column of the unit, if it has one
    unit_may_be_empty: bool = False
    is_ours: bool = False


def table_of(model: type[models.Model]) -> Table:
    meta = model._meta
    unit = _unit_field(model)
    return Table(
        label=meta.label,
        name=meta.db_table,
        kind=_kind(meta.label, has_unit=unit is not None),
        key=str(meta.pk.column),
        unit=unit.column if unit is not None else "",
        unit_may_be_empty=bool(unit is not None and unit.null),
        is_ours=model.__module__.startswith("cases."),
    )


def tables() -> Iterator[Table]:
    return (table_of(model) for model in registered_models())


def registered_models() -> list[type[models.Model]]:
    return sorted(apps.get_models(include_auto_created=True), key=lambda m: m._meta.db_table)


def _unit_field(model: type[models.Model]) -> Any:
    return next((f for f in model._meta.concrete_fields if f.name == "unit"), None)


def _kind(label: str, *, has_unit: bool) -> Kind:
    named = {
        **dict.fromkeys(SET_UP, Kind.SET_UP),
        **dict.fromkeys(OF_A_USER, Kind.OF_A_USER),
        **dict.fromkeys(REFERENCE, Kind.REFERENCE),
        **dict.fromkeys(MACHINE, Kind.MACHINE),
        **dict.fromkeys(CHAIN, Kind.CHAIN),
        "units.Unit": Kind.UNIT,
    }
    return named.get(label, Kind.OF_A_UNIT if has_unit else Kind.UNKNOWN)
