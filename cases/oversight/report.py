"""The person's own report: all look-ups by day, what, why and role, with or without names.

Dates, purposes, unit and role always (C-579/21); employees' names by the leader's decision. What
was done several times on one day in the same way is one line with a number, and the numbers add up
to the count of events.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cases.audit.models import Event, Outcome
from cases.core.dates import local
from cases.oversight.log import employee_names
from cases.oversight.words import action_of
from cases.people.models import Person

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English", "se": "Davvisámegiella"}
NEEDS_SPEAKERS_CHECK = frozenset({"se"})
TEXTS = Path(__file__).with_name("report_texts.toml")
# The purpose of each kind of action; a declared reason goes before it.
PURPOSE_OF = {
    "message": "messages", "letter": "messages", "appointment": "case_work",
    "log": "control", "control": "control", "block": "control",
    "rights": "rights", "deviation": "rights", "export": "case_work",
    "deletion": "keeping", "archive": "keeping", "glass": "emergency", "figures": "figures",
}  # fmt: skip
USUAL_PURPOSE = "case_work"


@dataclass(frozen=True)
class ReportLine:
    """What one role, or one employee, did on one day for one purpose, and how often."""

    day: date
    what: str
    why: str
    who: str
    times: int


@dataclass(frozen=True)
class Report:
    language: str
    has_names: bool
    texts: Mapping[str, str]
    lines: list[ReportLine]

    @property
    def total(self) -> int:
        return sum(line.times for line in self.lines)


@dataclass(frozen=True)
class MonthLine:
    """What was done in one month in the same way, and on which days: «3., 4., 17. (2 ×)»."""

    what: str
    why: str
    who: str
    days: str


def by_month(lines: list[ReportLine]) -> list[tuple[str, list[MonthLine]]]:
    """The same lines for paper, the newest month first: a few boxes a month, so that a report of
    five thousand look-ups is drawn within seconds."""
    months: dict[str, dict[tuple[str, str, str], list[ReportLine]]] = {}
    for line in lines:
        month = months.setdefault(f"{line.day:%m.%Y}", {})
        month.setdefault((line.what, line.why, line.who), []).append(line)
    return [
        (month, [MonthLine(*key, days=_days(those)) for key, those in groups.items()])
        for month, groups in months.items()
    ]


def _days(lines: list[ReportLine]) -> str:
    ordered = sorted(lines, key=lambda line: line.day)
    return ", ".join(
        f"{line.day:%d.%m.%Y}" + (f" ({line.times} ×)" if line.times > 1 else "")
        for line in ordered
    )


@cache
def _catalogue() -> dict[str, dict[str, dict[str, str]]]:
    with TEXTS.open("rb") as file:
        return tomllib.load(file)


def text(section: str, code: str, language: str) -> str:
    return _catalogue()[section][code][language]


def page_texts(language: str) -> dict[str, str]:
    return {code: words[language] for code, words in _catalogue()["page"].items()}


def report_of(person: Person, *, language: str, names: bool) -> Report:
    """Two queries, however many look-ups there are."""
    events = (
        Event.objects.of_unit(person.unit_id)
        .about_person(person.pk)
        .values_list("at", "action", "reason", "actor", "actor_roles", "outcome")
    )
    rows = list(events)
    known = employee_names(row[3] for row in rows if row[3]) if names else {}
    counted: Counter[tuple[date, str, str, str]] = Counter()
    for at, action, reason, actor, roles, outcome in rows:
        what = _what(action, outcome, language)
        why = _why(action, reason, language)
        counted[local(at).date(), what, why, _who(actor, roles, known, language)] += 1
    lines = [ReportLine(*key, times=times) for key, times in counted.items()]
    lines.sort(key=lambda line: (-line.day.toordinal(), line.who, line.what, line.why))
    return Report(language, names, page_texts(language), lines)


def _what(action: str, outcome: str, language: str) -> str:
    words = text("kinds", action_of(action).kind, language)
    return words if outcome == Outcome.DONE else f"{words} ({text('page', 'refused', language)})"


def _why(action: str, reason: str, language: str) -> str:
    if reason in _catalogue()["reasons"]:
        return text("reasons", reason, language)
    purpose = PURPOSE_OF.get(action_of(action).kind, USUAL_PURPOSE)
    return text("purposes", purpose, language)


def _who(actor: UUID | None, roles: str, names: Mapping[UUID, str], language: str) -> str:
    known = _catalogue()["roles"]
    codes = [code for code in roles.split(",") if code in known]
    if actor is None:
        codes = ["program"]
    role = ", ".join(known[code][language] for code in codes or ["employee"])
    name = names.get(actor) if actor else None
    return f"{name}, {role}" if name else role


def filled(report: Report, **values: Any) -> dict[str, str]:
    """The page's texts with day, unit, name, telephone and count filled in."""
    return {code: words.format(**values) for code, words in report.texts.items()}
