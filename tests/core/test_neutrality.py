"""A text to a telephone tells a bystander nothing."""

import pytest
from django.core.exceptions import ValidationError

from cases.core.neutrality import check_neutral, fits_one_sms, revealing_words, septets

ALLOWED = {"date", "time", "phone"}


@pytest.mark.parametrize(
    "text",
    [
        "Møte om rusmidler {date}", "Politiet har bedt deg komme", "Hilsen rådgivende enhet",
        "Hilsen RÅDGJEVANDE EINING", "About your drug case", "Påtalemakta", "Du skal avgje urinprøve",
        "narkotikasak", "straffesak",
    ],
)  # fmt: skip
def test_revealing_texts_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        check_neutral(text, allowed=ALLOWED)


@pytest.mark.parametrize(
    "text",
    [
        "Påminnelse: Du har en avtale {date} kl. {time}. Ring {phone}.",
        "Kom gjerne straks. Vi har russisk tolk.",
        "Reminder: you have an appointment {date}.",
    ],
)
def test_neutral_texts_pass(text: str) -> None:
    check_neutral(text, allowed=ALLOWED)


@pytest.mark.parametrize(
    "text",
    [
        "{name}", "{date!r}", "{date:>99999}", "{0}", "{date.year}", "{", "}", "{date", "{}",
        "See www.kommune.no", "http://x", "Les mer på kommune.no",
    ],
)  # fmt: skip
def test_unknown_placeholders_tricks_and_links_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        check_neutral(text, allowed=ALLOWED)


def test_required_placeholders_are_asked_for() -> None:
    with pytest.raises(ValidationError, match="time"):
        check_neutral("Avtale {date}", allowed=ALLOWED, required={"date", "time"})


def test_septets_count_like_a_telephone() -> None:
    assert septets("æøå") == 3
    assert septets("€") == 2
    assert septets("čđŋ") is None
    assert fits_one_sms("a" * 160)
    assert not fits_one_sms("a" * 161)
    assert fits_one_sms("č" * 70)
    assert not fits_one_sms("č" * 71)


def test_a_word_inside_another_word_is_no_find() -> None:
    assert revealing_words("Trusler og frustrasjon") == []
