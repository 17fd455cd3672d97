"""Short answers under the log: what was found, and the numbers the control compares with."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.core.forms import AdvisoryForm, PlainTextArea
from cases.oversight.lines import ReviewLine
from cases.oversight.models import Outcome
from cases.oversight.report import LANGUAGES
from cases.people.contacts import InvalidContact, normal_email, normal_phone
from cases.people.models import ReviewOutcome


class LineForm(AdvisoryForm):
    """One line of the month's list, and what was found about it."""

    line = forms.CharField(max_length=100)
    outcome = forms.ChoiceField(choices=Outcome.choices)

    def __init__(self, *args: Any, lines: list[ReviewLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {line.key: line for line in lines}

    def clean_line(self) -> ReviewLine:
        """A line of this unit and month; anything else is no choice."""
        found = self._lines.get(self.cleaned_data["line"])
        if found is None:
            raise ValidationError(gettext("This is not one of the choices."))
        return found


class GlassForm(AdvisoryForm):
    """Signed means found out: "being looked into" is not an answer that ends the seven days."""

    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        widget=forms.RadioSelect,
        choices=[
            (ReviewOutcome.JUSTIFIED, _("It was needed")),
            (ReviewOutcome.UNJUSTIFIED, _("It was not needed: it is a deviation")),
        ],
    )
    note = forms.CharField(
        label=_("How did you find out?"),
        help_text=_("Write nothing about the person."),
        max_length=500,
        widget=PlainTextArea,
    )


class EmployeeContactForm(AdvisoryForm):
    """Compared with people's contacts in the month's list; kept as a code nobody can read."""

    mobile = forms.CharField(label=_("Private telephone"), max_length=40, required=False)
    email = forms.CharField(label=_("Private e-mail"), max_length=254, required=False)
    address = forms.CharField(label=_("Home address"), max_length=200, required=False)

    def clean_mobile(self) -> str:
        return self._normal("mobile", normal_phone, gettext("This is not a telephone number."))

    def clean_email(self) -> str:
        return self._normal("email", normal_email, gettext("This is not an e-mail address."))

    def _normal(self, name: str, read: Any, sentence: str) -> str:
        typed = self.cleaned_data[name]
        try:
            return str(read(typed)) if typed else ""
        except InvalidContact as error:
            raise ValidationError(sentence) from error


class ReportForm(forms.Form):
    """Which report of a person: its language, and whether it names employees."""

    language = forms.ChoiceField(choices=LANGUAGES.items())
    names = forms.BooleanField(required=False)
