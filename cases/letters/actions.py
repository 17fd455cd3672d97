"""A letter is made once and never changed; a new wording is a new letter."""

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.letters.content import LetterContent
from cases.letters.models import Letter


def make_letter(
    *, case: Case, kind: str, language: str, content: LetterContent, by: User
) -> Letter:
    """Keep the letter as it went out, sealed with the person's key."""
    with recorded():
        letter = Letter.objects.create(
            case=case,
            unit=case.unit,
            kind=kind,
            language=language,
            content=content.to_json(),
            made_at=timezone.now(),
            made_by=by,
        )
        record("letter.made", by=by, unit=case.unit_id, target=letter, persons=[case.person_id])
    return letter
