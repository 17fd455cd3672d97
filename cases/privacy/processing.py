"""The record of processing (GDPR article 30), written from the models' own `class Privacy`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import translation

from cases.privacy.report.registry import Model, is_about_people

BEGINS = "<!-- The record below is written by `manage.py privacy_record`. -->"
ENDS = "<!-- End of the record. -->"


@dataclass(frozen=True)
class Purpose:
    name: str
    basis: str
    people: str
    recipients: str


ADMINISTRATION = "GDPR art. 6(1)(c) and (e), art. 9(2)(g), art. 10; act of 18 June 2021 no. 117"
STAFF_SECURITY = "GDPR art. 6(1)(e), art. 32"
# By app, in the order of a person's journey.
PURPOSES: dict[str, Purpose] = {
    "people": Purpose(
        "Know who is referred and how to reach them safely", ADMINISTRATION,
        "referred people; employees who looked them up", "nobody",
    ),
    "casework": Purpose(
        "Receive referrals and work on cases", ADMINISTRATION, "referred people", "nobody",
    ),
    "letters": Purpose(
        "Summon in writing", ADMINISTRATION, "referred people", "the person; the postal service",
    ),
    "appointments": Purpose(
        "Agree on meetings and record attendance", ADMINISTRATION, "referred people", "nobody",
    ),
    "support": Purpose(
        "Offer help with consent; answer the sender with attended or not",
        f"{ADMINISTRATION}; consent for help, art. 6(1)(a) and 9(2)(a)",
        "referred people", "the sender: reference, days, attended or not",
    ),
    "reminders": Purpose(
        "Remind of meetings", ADMINISTRATION, "referred people",
        "the operators of SMS and e-mail, as processors: number or address, and a neutral text",
    ),
    "retention": Purpose(
        "Delete in time and hand over to the archive",
        "GDPR art. 5(1)(e), art. 6(1)(c); archives act", "referred people", "the archive",
    ),
    "privacy": Purpose(
        "Answer people who use their rights, and tell of deviations",
        "GDPR art. 6(1)(c), art. 12-18, art. 33", "referred people",
        "the person; the data protection authority when a deviation is reported",
    ),
    "oversight": Purpose(
        "Review who looked at what", STAFF_SECURITY, "employees; referred people", "nobody",
    ),
    "audit": Purpose(
        "Keep the access log", STAFF_SECURITY, "employees; referred people by a reference",
        "the person, on request",
    ),
    "accounts": Purpose(
        "Let employees in and know what each may do", STAFF_SECURITY, "employees", "nobody",
    ),
    "oidc": Purpose(
        "Let employees in through the municipality's own sign-in", STAFF_SECURITY, "employees",
        "the municipality's identity provider",
    ),
}  # fmt: skip


def personal_models() -> dict[str, list[Model]]:
    """Tables that erase or anonymise something, and the log and users, by app."""
    found: dict[str, list[Model]] = {app: [] for app in PURPOSES}
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
        if not model.__module__.startswith("cases."):
            continue
        app = model._meta.app_label
        if is_about_people(model) or app in ("accounts", "audit", "oidc"):
            found.setdefault(app, []).append(model)
    return {app: models for app, models in found.items() if models}


def record() -> str:
    """The section as Markdown, in English."""
    with translation.override("en"):
        return "\n".join([BEGINS, *_lines(), "", ENDS])


def _lines() -> Iterator[str]:
    for app, models in personal_models().items():
        purpose = PURPOSES[app]
        yield f"\n### {purpose.name}\n"
        yield f"- Legal basis: {purpose.basis}"
        yield f"- Whom it is about: {purpose.people}"
        yield f"- Recipients: {purpose.recipients}\n"
        yield "| what | erased with the person's data | anonymised | kept |"
        yield "|---|---|---|---|"
        yield from (_row(model) for model in models)


def _row(model: Model) -> str:
    privacy: Any = model.__dict__["Privacy"]
    name = str(model._meta.verbose_name_plural)
    columns = (privacy.erased, privacy.anonymised, privacy.kept)
    return f"| {name} | {' | '.join(_names(model, column) for column in columns)} |"


def _names(model: Model, columns: Any) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    said = sorted({str(field.verbose_name) for field in fields})
    return ", ".join(said) or "–"


def with_record(document: str) -> str:
    """The document with the record put between its two marks. Raises ValueError without them."""
    before, begins, rest = document.partition(BEGINS)
    _old, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError("docs/privacy.md has lost the marks of the record")
    return before + record() + after
