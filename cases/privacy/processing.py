"""The record of processing (GDPR article 30), written from the models' own `class Privacy`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import translation

from cases.privacy.report.registry import Model, label_of

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
REFERRED = "referred people; employees by what they did"
# By app, in the order of a person's journey.
PURPOSES: dict[str, Purpose] = {
    "people": Purpose(
        "Know who is referred and how to reach them safely", ADMINISTRATION,
        "referred people; employees who looked them up, or may not see them", "nobody",
    ),
    "casework": Purpose(
        "Receive referrals and work on cases", ADMINISTRATION, REFERRED, "nobody",
    ),
    "letters": Purpose(
        "Summon in writing", ADMINISTRATION, REFERRED, "the person; the postal service",
    ),
    "appointments": Purpose(
        "Agree on meetings and record attendance", ADMINISTRATION, REFERRED, "nobody",
    ),
    "support": Purpose(
        "Offer help with consent; answer the sender with attended or not",
        f"{ADMINISTRATION}; consent for help, art. 6(1)(a) and 9(2)(a)",
        REFERRED, "the sender: reference, days, attended or not",
    ),
    "reminders": Purpose(
        "Remind of meetings", ADMINISTRATION, REFERRED,
        "the operators of SMS and e-mail, as processors: number or address, and a neutral text",
    ),
    "retention": Purpose(
        "Delete in time and hand over to the archive",
        "GDPR art. 5(1)(e), art. 6(1)(c); archives act", REFERRED, "the archive",
    ),
    "privacy": Purpose(
        "Answer people who use their rights, and tell of deviations",
        "GDPR art. 6(1)(c), art. 12-18, art. 33", REFERRED,
        "the person; the data protection authority when a deviation is reported",
    ),
    "oversight": Purpose(
        "Review who looked at what, and stop who looks at too many", STAFF_SECURITY,
        "employees, their own telephone and e-mail as keyed hashes; referred people by a reference",
        "nobody",
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

# Every other table of ours is in the record: a new one stands there before anybody thinks of it.
ABOUT_NOBODY = {
    "casework.CaseNumberCounter": "the last number of a year",
    "casework.LawProfile": "law",
    "casework.LegalBasis": "law",
    "casework.Sender": "police districts and courts",
    "casework.Substance": "law",
    "casework.Threshold": "law",
    "casework.ThresholdTable": "law",
    "casework.UnitLawProfile": "which law a unit follows",
    "letters.TextTemplate": "texts before anybody's name is in them",
    "reminders.Circuit": "whether a gateway answers",
    "reminders.Heartbeat": "when a job came to its end",
    "reminders.ReminderRule": "which reminders a unit sends",
    "retention.RetentionRule": "how long a unit keeps",
    "statistics.ErasedFigure": "counts of many",
    "statistics.PublishedFigure": "figures published by others",
    "support.Service": "what the municipality offers",
    "units.ClosedDay": "when a unit is closed",
    "units.Municipality": "names and numbers of municipalities",
    "units.Place": "rooms",
    "units.Unit": "a unit's own name, telephone and address",
    "units.UnitMunicipality": "which municipalities a unit serves",
}


def personal_models() -> dict[str, list[Model]]:
    """All our tables but those about nobody, by app, in the order of PURPOSES."""
    found: dict[str, list[Model]] = {app: [] for app in PURPOSES}
    for model in sorted(apps.get_models(), key=label_of):
        if model.__module__.startswith("cases.") and label_of(model) not in ABOUT_NOBODY:
            found.setdefault(model._meta.app_label, []).append(model)
    return found


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
