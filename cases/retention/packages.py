"""The archive package of a case: referral, letters and answers, readable for as long as HTML is.

File names say nothing of anybody. `manifest.json` has size and SHA-256 of every file.
"""

import hashlib
import io
import json
import logging
import zipfile
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.audit.models import Client
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.core.database.context import KEEPER, working_as
from cases.core.dates import local
from cases.letters.content import LetterContent
from cases.letters.models import Letter
from cases.people.models import IdentityNumber
from cases.reminders.pace import database_now
from cases.retention.models import ArchivePackage
from cases.retention.package_finds import Pairs, order_in_codes, order_in_words
from cases.support.answer_text import text_sent
from cases.support.models import AnswerToSender

log = logging.getLogger(__name__)

FORMAT = "advisory-archive-1"


@dataclass(frozen=True)
class Page:
    """One document: lines on top, facts as label and value, then parts of heading and text."""

    name: str
    language: str
    title: str
    top: tuple[str, ...] = ()
    facts: Pairs = ()
    parts: Pairs = ()


@working_as(KEEPER)
def make_packages() -> int:
    """The job: make what is asked for, one package to a transaction. How many were made."""
    waiting = list(ArchivePackage.objects.to_be_made().values_list("pk", flat=True))
    return sum(_make(package) for package in waiting)


def _make(package_id: UUID) -> bool:
    now = database_now()
    with recorded(client=Client.JOB):
        waiting = ArchivePackage.objects.to_be_made().select_related("case__person", "case__unit")
        row = waiting.select_for_update(skip_locked=True, of=("self",)).filter(pk=package_id)
        package = row.first()
        if package is None:
            return False  # another worker is at it
        try:
            with transaction.atomic():
                content = zip_of(package.case, now)
        except Exception as error:  # one case that can not be drawn must not stop the others
            log.error("package %s can not be made: %s", package_id, type(error).__name__)
            package.failed_at = now
            package.save(update_fields=["failed_at"])
            _note("archive.failed", package)
            return False
        package.content, package.made_at = b64encode(content).decode(), now
        package.case_version = package.case.version
        package.person_version = package.case.person.version
        package.save(update_fields=["content", "made_at", "case_version", "person_version"])
        _note("archive.made", package)
    return True


def _note(action: str, package: ArchivePackage) -> None:
    persons = [package.case.person_id]
    record(action, by=None, unit=package.unit_id, target=package, persons=persons)


def zip_of(case: Case, now: datetime) -> bytes:
    """The whole package in memory: it is a few pages."""
    with override(case.unit.language):
        files = {f"{page.name}.html": _drawn(page) for page in _pages(case)}
        files["case.json"] = _json(_facts(case))
    files["manifest.json"] = _json(
        {
            "format": FORMAT,
            "case_number": case.number,
            "unit": case.unit.name,
            "made_at": now.isoformat(timespec="seconds"),
            "files": [
                {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in sorted(files.items())
            ],
        }
    )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(name, data)
    return whole.getvalue()


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _drawn(page: Page) -> bytes:
    return render_to_string("retention/archive/page.html", {"page": page}).encode()


def _facts(case: Case) -> dict[str, Any]:
    """What a program reads: dates in ISO form, codes instead of words."""
    person, referral = case.person, case.referral
    numbers = IdentityNumber.objects.filter(person=person).select_related("person")
    return {
        "case_number": case.number,
        "unit": case.unit.name,
        "person": {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "birth_date": person.birth_date.isoformat(),
            "identity_numbers": [number.digits for number in numbers],
        },
        "referral": {
            "legal_basis": referral.legal_basis.kind,
            "legal_reference": referral.legal_basis.legal_reference,
            "sender": referral.sender.name if referral.sender else None,
            "sender_reference": referral.sender_reference,
            "decided_on": _iso(referral.decided_on),
            "received_on": _iso(referral.received_on),
            "deadline_on": _iso(case.deadline_on),
            "attendances_required": case.attendances_required,
            "police_order": order_in_codes(case),
        },
        "closed_on": _iso(local(case.closed_at).date() if case.closed_at else None),
        "outcome": case.outcome,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _pages(case: Case) -> Iterable[Page]:
    yield _referral_page(case)
    letters = Letter.objects.filter(case=case).order_by("made_at", "pk")
    for number, letter in enumerate(letters, start=1):
        letter.case = case  # whose person's key opens it
        yield _letter_page(f"letter-{number:03d}", letter)
    answers = AnswerToSender.objects.for_case(case).select_related("corrects").reverse()
    for number, answer in enumerate(answers, start=1):
        text = text_sent(answer, case)
        yield Page(
            name=f"answer-{number:03d}",
            language=text.language,
            title=text.heading,
            top=(text.sender_of_letter, text.recipient, _day(local(answer.sent_at).date())),
            facts=text.lines,
        )


def _referral_page(case: Case) -> Page:
    referral = case.referral
    facts_of_order, finds_and_decisions = order_in_words(case)
    return Page(
        name="referral",
        language=case.unit.language,
        title=_("Referral"),
        top=(case.unit.name, case.number),
        facts=(
            (_("Name"), case.person.full_name),
            (_("Birth date"), _day(case.person.birth_date)),
            (_("Legal basis"), referral.legal_basis.name),
            (_("Legal reference"), referral.legal_basis.legal_reference or "–"),
            (_("Sender"), referral.sender.name if referral.sender else "–"),
            (_("Your reference"), referral.sender_reference or "–"),
            (_("Decided"), _day(referral.decided_on)),
            (_("Received"), _day(referral.received_on)),
            (_("Deadline"), _day(case.deadline_on)),
            (_("Closed"), _day(local(case.closed_at).date() if case.closed_at else None)),
            (_("Outcome"), str(case.get_outcome_display())),
            *facts_of_order,
        ),
        parts=finds_and_decisions,
    )


def _letter_page(name: str, letter: Letter) -> Page:
    content = LetterContent.from_json(str(letter.content))
    return Page(
        name=name,
        language=letter.language,
        title=content.title,
        top=(
            content.sender, *content.sender_lines, content.dated, content.reference,
            *content.recipient_lines,
        ),
        facts=content.facts,
        parts=(*content.parts, ("", "\n".join(content.closing))),
    )  # fmt: skip


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else "–"
