"""Which tables hold something about a person, found by following the foreign keys.

Nothing is listed by hand that the models can say themselves, so a new model can not be forgotten:
whatever leads to a person is in the report, and a field is left out only for a reason written here.
"""

from collections import deque
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from cases.people.models import Person

Model = type[models.Model]

# Tables about people that no foreign key ties to a person, and where they are answered for.
ANSWERED_ELSEWHERE = {
    "accounts.Draft": (
        "what a member of staff has typed and not sent: an internal draft, no record, deleted after "
        "30 days (personopplysningsloven § 16 first paragraph e)"
    ),
    "accounts.UserSession": "where an employee is signed in: nothing about a person of a case",
    "audit.Event": "the access log: the report of look-ups, handed out on its own",
    "audit.EventPerson": "the access log: the report of look-ups, handed out on its own",
    "oidc.Identity": "how an employee signs in: nothing about a person of a case",
    "privacy.PersonExport": "that somebody's case was exported stands with the exported case",
    "retention.DueListItem": "a case number on a list of what is due for deletion; goes with the case",
    "reminders.EarlyReceipt": "a provider's receipt that is not tied to anybody yet",
}
# Columns that tell nothing about the person, by name.
TECHNICAL = {
    "id": "a technical key",
    "unit": "stands on the first page",
    "case_version": "a counter for editing",
    "person_version": "a counter for editing",
    "version": "a counter for editing",
    "wrapped_key": "a sealed key",
    "lookup": "a keyed hash for look-up",
    "text_hash": "a keyed hash that proves a text",
    "prefix": "pieces of the name for the search",
    "lease_until": "bookkeeping of a job",
    "lease_token": "bookkeeping of a job",
    "attempt": "bookkeeping of a job",
    "failed_at": "bookkeeping of a job",
    "try_at": "bookkeeping of a job",
    "about": "a technical key",
    "resource": "a technical key",
    "cell": "a technical key",
    "sequence": "a technical counter",
    "serial": "stands in the case number",
    "year": "stands in the case number",
    "local_start": "the same as the start",
    "file": "a copy of what is reported here",
}
# Columns left out of one table, and why.
LEFT_OUT = {
    "people.Block.user": "tells who of the staff is near to the person: that employee's data",
    "people.Block.reason": "tells about an employee's private life",
    "casework.Case.next_due_at": "computed from the rest",
    "retention.ArchivePackage.content": "a copy of what is reported here",
    "reminders.Message.provider_id": "the operator's key",
}


@cache
def paths() -> dict[Model, tuple[str, ...]]:
    """Each of our models that leads to a person, with the shortest way there. Person: no step."""
    towards: dict[Model, list[tuple[Model, str]]] = {}
    for model in apps.get_models():
        if model.__module__.startswith("cases."):
            for field in model._meta.concrete_fields:
                if isinstance(field, models.ForeignKey):
                    towards.setdefault(field.related_model, []).append((model, field.name))
    found: dict[Model, tuple[str, ...]] = {Person: ()}
    queue: deque[Model] = deque([Person])
    while queue:
        reached = queue.popleft()
        for model, step in towards.get(reached, []):
            if model not in found:
                found[model] = (step, *found[reached])
                queue.append(model)
    return found


def label_of(model: Model) -> str:
    return str(model._meta.label)


def reason_left_out(model: Model, field: Any) -> str:
    """Why a column is not in the report, or nothing."""
    if field.is_relation and field.related_model in paths():
        return "leads to another part of the report"
    return TECHNICAL.get(field.name, "") or LEFT_OUT.get(f"{label_of(model)}.{field.name}", "")


@cache
def shown_fields(model: Model) -> tuple[Any, ...]:
    return tuple(f for f in model._meta.concrete_fields if not reason_left_out(model, f))


def is_about_people(model: Model) -> bool:
    """Whether its own `class Privacy` erases or anonymises anything."""
    privacy: Any = model.__dict__.get("Privacy")
    return bool(privacy and (privacy.erased or privacy.anonymised))
