"""A letter is sealed as it went out."""

from collections.abc import Callable

import pytest
from django.db import connection

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.letters.actions import make_letter
from cases.letters.content import LetterContent
from cases.letters.models import Letter, LetterKind

pytestmark = pytest.mark.django_db

CONTENT = LetterContent(
    title="Innkalling",
    sender="Furu kommune",
    sender_lines=("Postboks 1", "0001 Furu"),
    recipient_lines=("Testperson Furu", "Skogveien 1"),
    dated="24. november 2026",
    reference="FUR-2026-0001",
    facts=(("Når", "tirsdag"), ("Hvor", "Rom 1")),
    parts=(("", "Du er innkalt."), ("Hva skjer", "Ingenting.")),
    closing=("Hilsen",),
)


def made(case: Case, by: User) -> Letter:
    return make_letter(case=case, kind=LetterKind.SUMMONS, language="nb", content=CONTENT, by=by)


def test_it_opens_as_it_was_made_and_is_told_to_the_audit(case: Case, adviser: User) -> None:
    letter = Letter.objects.get(pk=made(case, adviser).pk)
    assert LetterContent.from_json(letter.content) == CONTENT
    event = Event.objects.get(action="letter.made")
    assert (event.target, event.actor, event.persons) == (
        letter.pk, adviser.pk, [str(case.person_id)],
    )  # fmt: skip


def test_the_database_sees_none_of_its_words(case: Case, adviser: User) -> None:
    made(case, adviser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM letters_letter")
        (stored,) = cursor.fetchone()
    for word in ("Innkalling", "Testperson", "Skogveien"):
        assert word.encode() not in bytes(stored)


def test_nothing_is_kept_when_the_audit_fails(
    case: Case, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        made(case, adviser)
    assert not Letter.objects.exists()


def test_two_letters_of_one_case_are_two_rows(
    make_case: Callable[..., Case], adviser: User
) -> None:
    case = make_case()
    assert made(case, adviser).pk != made(case, adviser).pk
