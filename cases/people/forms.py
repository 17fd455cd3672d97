"""Fields about a person: checked one by one, each with its own sentence."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cases.core.forms import AdvisoryForm, TypedDateField
from cases.core.identity_numbers import (
    IdentityNumberFacts,
    InvalidIdentityNumber,
    Kind,
    Problem,
    read_identity_number,
)
from cases.core.layout import Row, Section
from cases.people.actions import ContactDetails, PersonDetails
from cases.people.contacts import InvalidContact, normal_email, normal_phone
from cases.people.models import ContactKind, LetterLanguage, Person, Protection

OLDEST = date(1900, 1, 1)
DETAIL_FIELDS = (
    "given_name", "family_name", "birth_date", "language", "interpreter_language", "protection",
)  # fmt: skip
PERSON_SECTION = Section(
    _("The person"),
    Row("identity_number", "birth_date"),
    Row("given_name", "family_name"),
    Row("language", "interpreter_language"),
    "protection",
)
CONTACT_SECTION = Section(
    _("How to reach the person"),
    "mobile",
    Row("mobile_messages", "mobile_shared"),
    "email",
    Row("email_messages", "email_shared"),
    "address",
)


class PersonFields(AdvisoryForm):
    """Who they are. `details()` gives the domain's values once the form is valid."""

    birth_date = TypedDateField(label=_("Birth date"), past_only=True, not_before=OLDEST)
    given_name = forms.CharField(label=_("Given name"), max_length=80)
    family_name = forms.CharField(label=_("Family name"), max_length=80)
    language = forms.ChoiceField(
        label=_("Language of letters and messages"),
        choices=LetterLanguage,
        initial=LetterLanguage.NB,
    )
    interpreter_language = forms.CharField(
        label=_("Interpreter"),
        max_length=40,
        required=False,
        help_text=_("The language of the interpreter. Leave empty when none is needed."),
    )
    protection = forms.ChoiceField(
        label=_("Protection of address"),
        choices=Protection,
        initial=Protection.NONE,
        widget=forms.RadioSelect,
        help_text=_(
            "A protected person is seen only by those who are cleared for it, "
            "and gets no messages by telephone or e-mail."
        ),
    )

    def details(self) -> PersonDetails:
        return PersonDetails(**{name: self.cleaned_data[name] for name in DETAIL_FIELDS})


class IdentityNumberField(forms.CharField):
    """Eleven digits with or without spaces; its value is IdentityNumberFacts, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> IdentityNumberFacts | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            facts = read_identity_number(text)
        except InvalidIdentityNumber as error:
            raise ValidationError(_sentence_for(error)) from error
        if facts.kind == Kind.SYNTHETIC and settings.PRODUCTION:
            raise ValidationError(
                gettext("This is a made-up number for practice. It belongs to nobody.")
            )
        return facts


def _sentence_for(error: InvalidIdentityNumber) -> str:
    match error.problem:
        case Problem.LENGTH:
            return ngettext(
                "An identity number has 11 digits. You have written %(length)s digit.",
                "An identity number has 11 digits. You have written %(length)s digits.",
                error.length,
            ) % {"length": error.length}
        case Problem.NOT_DIGITS:
            return gettext("An identity number has digits only. Remove letters and signs.")
        case Problem.DATE:
            return gettext("The first six digits are not a date. Check them against the letter.")
        case _:
            return gettext(
                "The control digits do not fit: one digit is wrong, or two have changed places."
            )


class NewPersonFields(PersonFields):
    identity_number = IdentityNumberField(
        label=_("Identity number"),
        help_text=_("11 digits, also D-number. Leave empty when the person has none."),
    )
    mobile = forms.CharField(label=_("Mobile number"), max_length=40, required=False)
    mobile_messages = forms.BooleanField(
        label=_("Reminders may be sent to this number"), required=False, initial=True
    )
    mobile_shared = forms.BooleanField(label=_("Others use this telephone too"), required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    email_messages = forms.BooleanField(
        label=_("Reminders may be sent to this address"), required=False, initial=True
    )
    email_shared = forms.BooleanField(label=_("Others read this mailbox too"), required=False)
    address = forms.CharField(
        label=_("Postal address"),
        max_length=200,
        required=False,
        help_text=_("Street, postal code and town. Used on the summons."),
    )

    def clean_mobile(self) -> str:
        text = self.cleaned_data["mobile"]
        try:
            return normal_phone(text) if text else ""
        except InvalidContact as error:
            raise ValidationError(
                gettext(
                    "This is not a telephone number. Write 8 digits, or + and the country code."
                )
            ) from error

    def clean_email(self) -> str:
        text = self.cleaned_data["email"]
        try:
            return normal_email(text) if text else ""
        except InvalidContact as error:
            raise ValidationError(
                gettext("This is not an e-mail address. It must look like name@example.no.")
            ) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, born = data.get("identity_number"), data.get("birth_date")
        if number and born and not number.agrees_with(born):
            self.add_error(
                "birth_date",
                gettext("The birth date does not fit the identity number. Check both."),
            )
        return data

    def contacts(self) -> list[ContactDetails]:
        data = self.cleaned_data
        found = []
        for kind in (ContactKind.MOBILE, ContactKind.EMAIL):
            if data[kind]:
                found.append(
                    ContactDetails(
                        kind, data[kind], data[f"{kind}_messages"], data[f"{kind}_shared"]
                    )
                )
        if data["address"]:
            found.append(ContactDetails(ContactKind.ADDRESS, data["address"]))
        return found


class CorrectPersonForm(PersonFields):
    """Carries the version the user saw, so that nobody overwrites a colleague in silence."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    layout = (
        Section(
            _("The person"),
            Row("given_name", "family_name"),
            "birth_date",
            Row("language", "interpreter_language"),
            "protection",
        ),
        "version",
    )

    def offer_no_less_than(self, protection: str) -> None:
        """Weaker ones are left out for who is not cleared; the action refuses them all the same."""
        field = self.fields["protection"]
        least = Protection(protection)
        field.widget.choices = [
            (value, label)
            for value, label in field.choices
            if not Protection(value).hides_less_than(least)
        ]

    @staticmethod
    def initial_for(person: Person) -> dict[str, Any]:
        return {name: getattr(person, name) for name in (*DETAIL_FIELDS, "version")}


class ContactForm(AdvisoryForm):
    """One more way to reach the person."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind)
    value = forms.CharField(label=_("Number or address"), max_length=254)
    messages_allowed = forms.BooleanField(
        label=_("Reminders may be sent here"), required=False, initial=True
    )
    shared = forms.BooleanField(label=_("Others see what comes here"), required=False)

    layout = (Row("kind", "value"), Row("messages_allowed", "shared"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, value = data.get("kind"), data.get("value")
        try:
            if kind == ContactKind.MOBILE and value:
                data["value"] = normal_phone(value)
            elif kind == ContactKind.EMAIL and value:
                data["value"] = normal_email(value)
        except InvalidContact:
            self.add_error("value", gettext("This does not fit the kind you have chosen."))
        return data

    def contact(self) -> ContactDetails:
        data = self.cleaned_data
        return ContactDetails(data["kind"], data["value"], data["messages_allowed"], data["shared"])
