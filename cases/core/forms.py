"""The base of every form: plain sentences, typed dates, and no character that a page can not show."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.core.dates import parse_date, parse_time

LONGEST_TYPED = 40
# No text is without an end, also where a form forgot to say where.
LONGEST_TEXT = 10_000


def refuse_unshowable(value: str) -> None:
    """Line breaks and tabs are kept; other control characters and half characters are refused."""
    for character in value:
        if character in "\n\r\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
            raise ValidationError(
                gettext("The text holds a character that can not be kept. Type it again.")
            )


def _hold_to_plain_text(field: forms.CharField) -> None:
    """Ours speaks for Django's check of null characters too: one fault, one sentence."""
    field.validators = [
        v for v in field.validators if not isinstance(v, ProhibitNullCharactersValidator)
    ]
    field.validators.append(refuse_unshowable)
    # A browser would cut what is pasted in silence; the answer tells how much is too much.
    field.widget.attrs.pop("maxlength", None)
    if field.max_length is None:
        field.validators.append(MaxLengthValidator(LONGEST_TEXT))


class AdvisoryForm(forms.Form):
    """A form drawn by the pack designsystemet; a subclass lists its fields in `layout`."""

    layout: Any = None
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                _hold_to_plain_text(field)
            field.error_messages["required"] = gettext("Must be filled in.")

    @property
    def helper(self) -> FormHelper:
        return self.drawn(self.layout)

    @staticmethod
    def drawn(layout: Any) -> FormHelper:
        """How crispy draws these fields, or all of them; the page itself draws the form around."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        if layout is not None:
            helper.layout = Layout(*layout)
        return helper

    def show_without_judging(self) -> None:
        """Show what was typed so far, without errors: for a draft, or for one line more."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}


class TypedDateField(forms.CharField):
    """A date typed as people write it; its value is a `date`. Echoed in words by date-echo.js."""

    def __init__(
        self, *, past_only: bool = False, future_only: bool = False,
        not_before: date | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.past_only, self.future_only, self.not_before = past_only, future_only, not_before
        kwargs.setdefault("help_text", _("For example 25.11.2026"))
        super().__init__(max_length=LONGEST_TYPED, **kwargs)
        self.widget.attrs |= {"data-date-echo": "", "autocomplete": "off", "class": "w-date"}

    def prepare_value(self, value: Any) -> Any:
        return date_format(value, "d.m.Y") if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        if isinstance(value, date):
            value = self.prepare_value(value)
        text = super().clean(value)
        if not text:
            return None
        today = timezone.localdate()
        try:
            day = parse_date(text, today)
        except ValueError as error:
            raise ValidationError(
                gettext("This is not a date. Write it like 25.11.2026.")
            ) from error
        self._check(day, today)
        return day

    def _check(self, day: date, today: date) -> None:
        if self.past_only and day > today:
            raise ValidationError(gettext("The date has not been yet. Check the year."))
        if self.future_only and day < today:
            raise ValidationError(gettext("The date has passed. Check the year."))
        if self.not_before and day < self.not_before:
            raise ValidationError(
                gettext("The date can not be before %(day)s.")
                % {"day": date_format(self.not_before, "SHORT_DATE_FORMAT")}
            )


class TypedTimeField(forms.CharField):
    """A time typed as people write it; its value is a `time`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example 14.00"))
        super().__init__(max_length=LONGEST_TYPED, **kwargs)
        self.widget.attrs |= {"autocomplete": "off", "class": "w-date", "inputmode": "text"}

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H.%M}" if isinstance(value, time) else value

    def clean(self, value: Any) -> Any:
        if isinstance(value, time):
            value = self.prepare_value(value)
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_time(text)
        except ValueError as error:
            raise ValidationError(gettext("This is not a time. Write it like 14.00.")) from error


class DecimalTextField(forms.CharField):
    """A number above zero with comma or point; its value is a Decimal, or None."""

    def __init__(self, *, max_digits: int, decimal_places: int, **kwargs: Any) -> None:
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(max_length=LONGEST_TYPED, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "class": "w-date"}

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        plain = re.sub(r"\s", "", text).replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", plain):
            raise ValidationError(gettext("Write a number, for example 2,5."))
        try:
            number = Decimal(plain)
        except InvalidOperation as error:
            raise ValidationError(gettext("Write a number, for example 2,5.")) from error
        whole_digits = self.max_digits - self.decimal_places
        if number >= 10**whole_digits or number != round(number, self.decimal_places):
            raise ValidationError(gettext("The number is too large, or has too many decimals."))
        if number <= 0:
            raise ValidationError(gettext("The amount must be more than zero."))
        return number


class RowChoiceField(forms.ModelChoiceField):
    """A choice among rows; anything else, also what is no id at all, gets the same sentence."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(gettext("This is not one of the choices.")) from error


class PlainTextArea(forms.Textarea):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})
