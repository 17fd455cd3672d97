"""Every shipped text, filled in with the longest and oddest values there are, says nothing."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from cases.core.neutrality import fits_one_sms, revealing_words
from cases.letters.models import TextTemplate
from cases.letters.rendering import NoText
from cases.people.models import LetterLanguage
from cases.reminders.models import MessageKind
from cases.reminders.wording import Wording
from cases.units import models as units
from cases.units.models import Unit

pytestmark = pytest.mark.django_db
LONGEST_NAME = "Kárášjoga gielda og Nordreisa kommune"
# The longest weekday and month in each language, both clock-change days, a plain one.
MOMENTS = [
    datetime(2027, 9, 29, 7, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 7, 0, tzinfo=UTC),
    datetime(2027, 10, 31, 8, 0, tzinfo=UTC),
    datetime(2027, 5, 1, 10, 5, tzinfo=UTC),
]


def wording() -> Wording:
    return Wording(date(2027, 2, 1))


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("language", list(LetterLanguage))
def test_every_text_is_neutral_and_filled_in(unit: Unit, kind: str, language: str) -> None:
    for name in ("Ås", LONGEST_NAME, "Øygarden kommune, helse og velferd"):
        unit.neutral_name, unit.phone = name, "+47 22 22 22 22"
        for moment in MOMENTS:
            text = wording().text(kind, moment, language, unit)
            assert not revealing_words(text)
            assert "{" not in text
            assert unit.phone in text
            assert name in text


@pytest.mark.parametrize("language", list(LetterLanguage))
def test_an_ordinary_message_is_one_sms(unit: Unit, language: str) -> None:
    unit.neutral_name = "Nordre Follo kommune"
    for kind in MessageKind:
        for moment in MOMENTS:
            assert fits_one_sms(wording().text(kind, moment, language, unit))


def test_no_municipality_is_taken_for_a_revealing_word() -> None:
    data = Path(units.__file__).parent / "data" / "municipalities.csv"
    with data.open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert names
    assert {name for name in names if revealing_words(f"Hilsen {name} kommune")} == set()


def test_time_is_oslo_wall_time_on_both_clock_change_days(unit: Unit) -> None:
    spring = wording().text("day_before", datetime(2027, 3, 28, 7, 0, tzinfo=UTC), "nb", unit)
    autumn = wording().text("day_before", datetime(2027, 10, 31, 8, 0, tzinfo=UTC), "nb", unit)
    assert "kl. 09.00" in spring
    assert "kl. 09.00" in autumn


def test_a_text_of_the_units_own_is_looked_at_again_when_filled_in(unit: Unit) -> None:
    TextTemplate.objects.filter(kind="reminder", language="nb").update(
        body="Hei! {date} {time} {phone} {sender}"
    )
    unit.neutral_name = "www.rusteam.no"
    with pytest.raises(ValidationError):
        wording().text("day_before", MOMENTS[0], "nb", unit)


@pytest.mark.parametrize("body", ["{date.__class__}", "{0}", "{unknown}", "{date!r}", "{", "}"])
def test_a_broken_text_is_never_sent(unit: Unit, body: str) -> None:
    TextTemplate.objects.filter(kind="reminder", language="nb").update(body=body)
    with pytest.raises(NoText):
        wording().text("day_before", MOMENTS[0], "nb", unit)
