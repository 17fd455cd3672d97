"""Which text counts on a day, and how it is filled in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from cases.casework.models import LegalBasis
from cases.letters.models import TextKind, TextTemplate
from cases.letters.rendering import (
    NoText,
    appointment_values,
    fill,
    letter_text,
    message_text,
)
from cases.units.models import Unit

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)
NINE_IN_OSLO = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def text(body: str, **traits: object) -> TextTemplate:
    values = {"kind": TextKind.REMINDER, "language": "nb", "valid_from": date(2020, 1, 1)} | traits
    return TextTemplate.objects.create(body=body, **values)


def reminder(unit: Unit, language: str = "nb", day: date = DAY) -> str:
    return message_text(TextKind.REMINDER, language, unit, day)


def test_no_text_is_said_and_not_made_up(unit: Unit) -> None:
    with pytest.raises(NoText):
        reminder(unit)


def test_the_units_own_text_comes_before_the_shared_one(unit: Unit, other_unit: Unit) -> None:
    text("own", unit=unit)
    text("shared and newer", valid_from=date(2026, 1, 1))
    assert reminder(unit) == "own"
    assert reminder(other_unit) == "shared and newer"


def test_the_newest_text_in_force_counts(unit: Unit) -> None:
    text("old")
    text("newer", valid_from=date(2026, 1, 1))
    text("of tomorrow", valid_from=DAY + timedelta(days=1))
    text("gone", valid_from=date(2026, 6, 1), valid_to=DAY - timedelta(days=1))
    assert reminder(unit) == "newer"


def test_bokmal_stands_in_for_a_missing_language_only(unit: Unit) -> None:
    text("på bokmål", unit=unit)
    assert reminder(unit, "en") == "på bokmål"
    text("in English", language="en")
    assert reminder(unit, "en") == "in English"


def test_a_letters_part_is_not_sent_as_a_message(unit: Unit) -> None:
    text("a letter", kind=TextKind.SUMMONS_INTRODUCTION)
    with pytest.raises(NoText):
        message_text(TextKind.SUMMONS_INTRODUCTION, "nb", unit, DAY)


def test_what_follows_belongs_to_its_legal_basis(unit: Unit) -> None:
    order, wish = (
        LegalBasis.objects.for_unit(unit, DAY).get(kind=k) for k in ("police_order", "own_wish")
    )
    text("of the order", kind=TextKind.SUMMONS_CONSEQUENCE, legal_basis=order)
    assert letter_text(TextKind.SUMMONS_CONSEQUENCE, "nb", unit, DAY, order) == "of the order"
    with pytest.raises(NoText):
        letter_text(TextKind.SUMMONS_CONSEQUENCE, "nb", unit, DAY, wish)


@pytest.mark.parametrize(
    ("language", "weekday", "day"),
    [
        ("nb", "tirsdag", "24. november 2026"),
        ("nn", "tysdag", "24. november 2026"),
        ("en", "Tuesday", "24 November 2026"),
    ],
)
@pytest.mark.parametrize("interface", ["nb", "nn", "en"])
def test_time_is_told_in_the_readers_language_whatever_the_interface_speaks(
    unit: Unit, language: str, weekday: str, day: str, interface: str
) -> None:
    with translation.override(interface):
        values = appointment_values(NINE_IN_OSLO, language, unit)
    assert values == {
        "weekday": weekday,
        "date": day,
        "time": "09.00",
        "phone": unit.phone,
        "sender": unit.neutral_name,
    }


def test_filling_puts_in_plain_names() -> None:
    assert (
        fill("{weekday} kl. {time}, {{her}}", weekday="tirsdag", time="09.00")
        == "tirsdag kl. 09.00, {her}"
    )


@pytest.mark.parametrize(
    "trick",
    [
        "{time.__class__}",
        "{time[0]}",
        "{time!r}",
        "{time:>999999999}",
        "{0}",
        "{}",
        "{",
        "}",
        "{TIME}",
    ],
)
def test_filling_evaluates_nothing(trick: str) -> None:
    with pytest.raises(NoText):
        fill(trick, time="09.00")


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert fill("Hilsen {sender}", sender="{phone} kommune") == "Hilsen {phone} kommune"


def test_a_missing_value_is_an_error_not_a_gap() -> None:
    with pytest.raises(NoText):
        fill("Ring {phone}", time="09.00")
