"""The archive package of a case: referral, letters and answers, readable for as long as HTML is.

File names say nothing of anybody. `manifest.json` has size and SHA-256 of every file.
"""

import hashlib
import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
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
from cases.support.answer_text import text_sent
from cases.support.models import AnswerToSender

FORMAT = "advisory-archive-1"
LEASE = timedelta(seconds=60)
Pairs = tuple[tuple[str, str], ...]


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
    """The job: make what is asked for, one package to a transaction."""
    made = 0
    for package in list(ArchivePackage.objects.to_be_made(database_now()).values_list("pk")):
        made += _make(package[0])
    return made


def _make(package_id: UUID) -> bool:
    now = database_now()
    with recorded(client=Client.JOB):
        free = ArchivePackage.objects.to_be_made(now).filter(pk=package_id)
        if not free.update(lease_until=now + LEASE, lease_token=F("lease_token") + 1):
            return False
        package = ArchivePackage.objects.select_related("case__person", "case__unit").get(
            pk=package_id
        )
        package.content = b64encode(zip_of(package.case, now)).decode()
        package.case_version, package.made_at = package.case.version, now
        package.lease_until = None
        package.save(update_fields=["content", "case_version", "made_at", "lease_until"])
        record(
            "archive.made", by=None, unit=package.unit_id, target=package,
            persons=[package.case.person_id],
        )  # fmt: skip
    return True


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
        ),
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
