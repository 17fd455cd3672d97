"""The texts every unit starts with: complete, neutral where they reach a telephone, and true."""

import re
from datetime import UTC, date, datetime

import pytest

from cases.casework.models import LegalBasis
from cases.core.neutrality import fits_one_sms, placeholders, revealing_words, septets
from cases.letters.models import MESSAGE_KINDS, TextKind, TextTemplate
from cases.letters.reference import load_texts
from cases.letters.rendering import appointment_values, fill, letter_text, message_text
from cases.people.models import LetterLanguage
from cases.units.models import Unit

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)
# The longest there is: a Wednesday, or onsdag, in September.
LONGEST_MOMENT = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
def texts(law: None) -> None:
    load_texts()


def test_loading_twice_changes_nothing(texts: None) -> None:
    TextTemplate.objects.filter(kind=TextKind.REMINDER, language="nb").update(body="Egen {phone}")
    before = list(TextTemplate.objects.order_by("pk").values())
    load_texts()
    assert list(TextTemplate.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("language", LetterLanguage.values)
@pytest.mark.parametrize("kind", TextKind.values)
def test_every_kind_stands_in_every_language(texts: None, kind: str, language: str) -> None:
    rows = TextTemplate.objects.filter(kind=kind, language=language, unit=None)
    expected = LegalBasis.objects.count() if kind == TextKind.SUMMONS_CONSEQUENCE else 1
    assert rows.count() == expected
    for row in rows:
        row.full_clean()


@pytest.mark.parametrize("language", LetterLanguage.values)
@pytest.mark.parametrize("kind", [k for k in MESSAGE_KINDS if k != TextKind.EMAIL_SUBJECT])
def test_a_message_is_neutral_and_one_sms_at_its_longest(
    texts: None, unit: Unit, kind: str, language: str
) -> None:
    unit.neutral_name, unit.phone = "Øvre Øksfjordbotn interkommunale kontor", "+47 22 22 22 22"
    assert len(unit.neutral_name) <= 40
    body = message_text(kind, language, unit, DAY)
    filled = fill(body, **appointment_values(LONGEST_MOMENT, language, unit))
    assert septets(filled) is not None
    assert fits_one_sms(filled), (septets(filled), filled)
    assert revealing_words(filled) == []


@pytest.mark.parametrize("language", LetterLanguage.values)
def test_a_subject_is_neutral_and_says_no_time(texts: None, unit: Unit, language: str) -> None:
    subject = message_text(TextKind.EMAIL_SUBJECT, language, unit, DAY)
    assert revealing_words(subject) == []
    assert placeholders(subject) == set()
    assert "\n" not in subject


def test_no_show_and_cancelled_share_no_text(texts: None, unit: Unit) -> None:
    messages = {message_text(kind, "nb", unit, DAY) for kind in MESSAGE_KINDS}
    assert len(messages) == len(MESSAGE_KINDS)


@pytest.mark.parametrize("language", LetterLanguage.values)
def test_who_decides_is_told_where_there_is_a_sender_and_nobody_is_threatened(
    texts: None, language: str
) -> None:
    decider = {"nb": "påtalemyndigheten", "nn": "påtalemakta", "en": "prosecution authority"}
    threats = r"straff|bot\b|gebyr|fengsel|punish|fine\b|prison|siktet|misbruk"
    for basis in LegalBasis.objects.all():
        body = TextTemplate.objects.get(
            kind=TextKind.SUMMONS_CONSEQUENCE, language=language, legal_basis=basis
        ).body
        assert (decider[language] in body) == basis.has_sender
        assert not re.search(threats, body, re.IGNORECASE)


def test_each_basis_tells_its_own_consequence(texts: None, unit: Unit) -> None:
    bodies = {
        basis.kind: letter_text(TextKind.SUMMONS_CONSEQUENCE, "nb", unit, DAY, basis)
        for basis in LegalBasis.objects.for_unit(unit, DAY)
    }
    assert "Politiet har gitt deg pålegg" in bodies["police_order"]
    assert "frivillig" in bodies["own_wish"]
    assert "overført" in bodies["transfer"]
