"""The base of every form: what may be typed, and what is said when it may not."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from cases.core.forms import (
    LONGEST_TEXT,
    AdvisoryForm,
    DecimalTextField,
    PlainTextArea,
    TypedDateField,
    TypedTimeField,
)
from cases.core.layout import Conditional, Section


class TextForm(AdvisoryForm):
    text = forms.CharField(widget=PlainTextArea, required=False)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def faults(field: forms.Field, typed: Any) -> list[str]:
    """What is said at the field when this is typed into it."""
    form = type("OneField", (AdvisoryForm,), {"field": field})({"field": typed})
    form.full_clean()
    return [str(error) for error in form.errors.get("field", [])]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ue000"])
def test_a_character_no_page_can_show_is_refused_in_one_sentence(character: str) -> None:
    assert faults(forms.CharField(max_length=99), f"Kari{character}Testdal") == [
        "The text holds a character that can not be kept. Type it again."
    ]


@pytest.mark.parametrize(
    "text", ["Čearret Đŋš", "to\nlinjer\tog tabulator", "🙂", "עברית", "e\u0301"]
)
def test_letters_of_every_language_are_kept(text: str) -> None:
    form = TextForm({"text": text})
    assert form.is_valid()
    assert form.cleaned_data["text"] == text


def test_a_text_without_a_limit_of_its_own_still_ends() -> None:
    assert TextForm({"text": "x" * LONGEST_TEXT}).is_valid()
    assert not TextForm({"text": "x" * (LONGEST_TEXT + 1)}).is_valid()


def test_two_forms_do_not_gather_each_other_s_checks() -> None:
    counts = {len(TextForm().fields["text"].validators) for _ in range(3)}
    assert len(counts) == 1


def test_an_empty_field_says_so_in_plain_words() -> None:
    assert faults(forms.CharField(max_length=9), " ") == ["Must be filled in."]
    assert faults(TypedDateField(), "") == ["Must be filled in."]


@given(st.text())
def test_no_typed_text_breaks_a_field(text: str) -> None:
    for field in (
        TypedDateField(), TypedTimeField(), DecimalTextField(max_digits=8, decimal_places=3),
        forms.CharField(max_length=99),
    ):  # fmt: skip
        assert all(faults(field, text)) is True


@pytest.mark.parametrize("text", ["32.1.2026", "soon", "1.1.1899"])
def test_what_is_no_date_is_told_how_to_write_one(text: str) -> None:
    assert faults(TypedDateField(), text) == ["This is not a date. Write it like 25.11.2026."]


def test_a_date_is_held_to_its_side_of_today() -> None:
    today = timezone.localdate()
    yesterday, tomorrow = (f"{today + timedelta(days=n):%d.%m.%Y}" for n in (-1, 1))
    assert faults(TypedDateField(past_only=True), tomorrow)
    assert not faults(TypedDateField(past_only=True), "today")
    assert faults(TypedDateField(future_only=True), yesterday)
    assert not faults(TypedDateField(future_only=True), "today")


def test_a_date_before_the_first_possible_names_that_day() -> None:
    field = TypedDateField(not_before=date(2026, 11, 5))
    assert faults(field, "4.11.2026") == ["The date can not be before 05.11.2026."]
    assert not faults(field, "5.11.2026")


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (TypedDateField(), date(2026, 3, 1), "01.03.2026"),
        (TypedTimeField(), time(9, 5), "09.05"),
        (DecimalTextField(max_digits=8, decimal_places=3), Decimal("2.500"), "2,5"),
        (DecimalTextField(max_digits=8, decimal_places=3), Decimal("100"), "100"),
    ],
)
def test_what_is_shown_can_be_sent_back_as_it_stands(
    field: forms.Field, value: Any, shown: str
) -> None:
    assert field.prepare_value(value) == shown
    assert field.clean(shown) == value
    assert field.prepare_value("as typed") == "as typed"


@pytest.mark.parametrize("text", ["2,5", "2.5", " 2,500 ", "2\xa0,5"])
def test_an_amount_takes_comma_and_point(text: str) -> None:
    assert DecimalTextField(max_digits=8, decimal_places=3).clean(text) == Decimal("2.5")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2,5 g", "Write a number, for example 2,5."),
        ("NaN", "Write a number, for example 2,5."),
        ("1e5", "Write a number, for example 2,5."),
        ("-1", "Write a number, for example 2,5."),
        ("1,2,3", "Write a number, for example 2,5."),
        ("0,000", "The amount must be more than zero."),
        ("100000", "The number is too large, or has too many decimals."),
        ("0,0001", "The number is too large, or has too many decimals."),
    ],
)
def test_what_is_no_amount_says_why(text: str, fault: str) -> None:
    assert faults(DecimalTextField(max_digits=8, decimal_places=3), text) == [fault]


def test_the_browser_judges_and_cuts_nothing_before_the_server_does() -> None:
    drawn = str(type("Needed", (AdvisoryForm,), {"day": TypedDateField()})()["day"])
    assert " required" not in drawn
    assert "maxlength" not in drawn


class EndingForm(AdvisoryForm):
    outcome = forms.ChoiceField(choices=[("moved", "Moved"), ("deceased", "Deceased")])
    deceased_on = TypedDateField(label="Date of death", required=False)
    layout = (
        Section("The end", "outcome"),
        Conditional("outcome", ["deceased", "other"], "deceased_on"),
    )


def test_fields_that_follow_an_answer_are_there_without_script() -> None:
    page = engines["django"].get_template("components/form.html")
    drawn = page.render({"form": EndingForm(prefix="end"), "submit": "Close"})
    start = drawn.index('data-show-when="end-outcome=deceased|other"')
    assert 'name="end-deceased_on"' in drawn[start:]
    assert "hidden" not in drawn[start : drawn.index('name="end-deceased_on"')]


def test_what_was_typed_can_be_shown_without_faults() -> None:
    form = TextForm({"text": "\x00half"})
    form.show_without_judging()
    assert not form.errors
    assert form["text"].value() == "\x00half"
