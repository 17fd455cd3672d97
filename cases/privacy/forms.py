"""Forms of the rights of the person: plain questions, choices bound to the case or unit at hand."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.casework.models import Case
from cases.core.forms import (
    AdvisoryForm,
    PlainTextArea,
    RowChoiceField,
    TypedDateField,
    TypedTimeField,
)
from cases.core.layout import Conditional, Row, Section
from cases.core.working_days import OSLO
from cases.people.forms import IdentityNumberField
from cases.people.models import ContactPoint, NumberChange, Person
from cases.privacy.actions import ErrorDetails
from cases.privacy.exporting import ExportWish
from cases.privacy.models import DeviationOutcome, ReportLanguage, Scope, SentKind
from cases.privacy.sent import SentThing, things_sent
from cases.units.models import Unit

SHORTEST_REASON = 15
LONGEST_REASON = 1000
LONGEST_REPORT = 20_000


def _at(day: date, clock: time) -> datetime:
    """The moment of a wall time in Oslo; the earlier one in the hour that comes twice."""
    return datetime.combine(day, clock, tzinfo=OSLO).replace(fold=0)


class ReasonField(forms.CharField):
    """A written reason that somebody else can understand later."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", PlainTextArea)
        kwargs.setdefault("min_length", SHORTEST_REASON)
        super().__init__(max_length=LONGEST_REASON, **kwargs)


class AccessRequestForm(AdvisoryForm):
    asked_on = TypedDateField(label=_("When did the person ask?"), past_only=True)
    language = forms.ChoiceField(
        label=_("Language of the file"), choices=ReportLanguage, widget=forms.RadioSelect
    )
    with_names = forms.BooleanField(
        label=_("Name the employees"),
        required=False,
        help_text=_(
            "Leave empty as a rule: the person has a right to dates and purposes. Names only when "
            "the person needs them to use their rights."
        ),
    )
    layout = ("asked_on", "language", "with_names")

    @staticmethod
    def initial_for(person: Person) -> dict[str, Any]:
        return {"language": person.language, "asked_on": timezone.localdate()}


class CorrectNumberForm(AdvisoryForm):
    number = IdentityNumberField(label=_("The right identity number"))
    reason = forms.ChoiceField(
        label=_("Why is it another number?"),
        choices=NumberChange,
        widget=forms.RadioSelect,
        help_text=_(
            "A number that was replaced still finds the person. One that was wrong finds nobody "
            "any more. Both stay in the history."
        ),
    )
    layout = ("number", "reason")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].required = True
        self._person = person

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number = data.get("number")
        if number and not number.agrees_with(self._person.birth_date):
            self.add_error(
                "number",
                gettext("The number does not fit the birth date. Correct the birth date first."),
            )
        return data


class RestrictForm(AdvisoryForm):
    reason = ReasonField(
        label=_("Why is the processing restricted?"),
        help_text=_("For example: the person says that it is wrong, and we are finding out."),
    )


class LiftForm(AdvisoryForm):
    reason = ReasonField(
        label=_("Why is the restriction lifted?"),
        help_text=_("The person must be told before it is lifted."),
    )


class SentInErrorForm(AdvisoryForm):
    """What was sent, to whom, and what is to be stopped now. `details()` once it is valid."""

    thing = forms.ChoiceField(label=_("What was sent in error?"), widget=forms.RadioSelect)
    sent_on = TypedDateField(
        label=_("Sent on"), past_only=True, required=False,
        help_text=_("Leave empty when the choice above has a date."),
    )  # fmt: skip
    recipients = forms.CharField(
        label=_("Who has got it, or may have seen it?"), max_length=LONGEST_REASON,
        widget=PlainTextArea,
        help_text=_("As much as is needed to reach them. It is kept sealed."),
    )  # fmt: skip
    what_happened = forms.CharField(
        label=_("What happened?"), max_length=LONGEST_REASON, widget=PlainTextArea,
        help_text=_("Two or three sentences. They become the beginning of the report."),
    )  # fmt: skip
    found_on = TypedDateField(label=_("Found out on"), past_only=True)
    found_clock = TypedTimeField(
        label=_("Time of day"), help_text=_("The 72 hours to report it count from here.")
    )
    stop_messages = forms.BooleanField(
        label=_("Stop every message of this case that has not left"), required=False, initial=True
    )
    stop_contact = RowChoiceField(
        label=_("Stop using these contact details"), queryset=ContactPoint.objects.none(),
        required=False, empty_label=_("None"),
    )  # fmt: skip
    layout = (
        Section(_("1. What, and to whom"), "thing", "sent_on", "recipients", "what_happened"),
        Section(_("2. When it was found out"), Row("found_on", "found_clock")),
        Section(_("3. Stop what has not left"), "stop_messages", "stop_contact"),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        now = timezone.localtime()
        kwargs.setdefault("initial", {"found_on": now.date(), "found_clock": now.time()})
        super().__init__(*args, **kwargs)
        self._things = {thing.value: thing for thing in things_sent(case)}
        self.fields["thing"].choices = [
            *((thing.value, thing.label) for thing in self._things.values()),
            (SentKind.OTHER.value, SentKind.OTHER.label),
        ]
        self._show_contacts(case)

    def _show_contacts(self, case: Case) -> None:
        field = self.fields["stop_contact"]
        points = case.person.contact_points.usable().order_by("kind", "pk")
        field.queryset = points.select_related("person")
        field.label_from_instance = lambda point: point.readable

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        thing = self._things.get(data.get("thing", ""))
        sent_at = self._sent_at(thing)
        if data.get("thing") and sent_at is None and "sent_on" not in self.errors:
            self.add_error("sent_on", gettext("Write when it was sent."))
        if data.get("found_on") and data.get("found_clock"):
            data["found_at"] = _at(data["found_on"], data["found_clock"])
            self._check_order(sent_at, data["found_at"])
        data["sent_at"] = sent_at
        return data

    def _sent_at(self, thing: SentThing | None) -> datetime | None:
        typed: date | None = self.cleaned_data.get("sent_on")
        if typed is not None:
            return _at(typed, time(0))
        return thing.sent_at if thing else None

    def _check_order(self, sent_at: datetime | None, found_at: datetime) -> None:
        if found_at > timezone.now() + timedelta(minutes=1):
            self.add_error("found_clock", gettext("The time has not been yet."))
        elif sent_at is not None and found_at < sent_at:
            self.add_error("found_on", gettext("It can not be found out before it was sent."))

    def details(self) -> ErrorDetails:
        data = self.cleaned_data
        kind, _colon, about = data["thing"].partition(":")
        return ErrorDetails(
            kind=kind,
            about=UUID(about) if about else None,
            sent_at=data["sent_at"],
            found_at=data["found_at"],
            recipients=data["recipients"],
            what_happened=data["what_happened"],
            stop_messages=data["stop_messages"],
            stop_contact=data["stop_contact"],
        )


class ReportForm(AdvisoryForm):
    """The deviation report. Carries the version the user saw."""

    report = forms.CharField(
        label=_("Report"), max_length=LONGEST_REPORT, widget=PlainTextArea({"rows": 28})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    layout = ("report", "version")


class SettleForm(AdvisoryForm):
    outcome = forms.ChoiceField(
        label=_("How was it settled?"), choices=DeviationOutcome, widget=forms.RadioSelect
    )
    reason = ReasonField(
        label=_("Why is it not notifiable?"), required=False,
        help_text=_("Why it is unlikely to be a risk for the person."),
    )  # fmt: skip
    layout = ("outcome", Conditional("outcome", [DeviationOutcome.NOT_NOTIFIABLE], "reason"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needs_reason = data.get("outcome") == DeviationOutcome.NOT_NOTIFIABLE
        if needs_reason and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Must be filled in."))
        return data


class ExportForm(AdvisoryForm):
    unit = RowChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    scope = forms.ChoiceField(
        label=_("Which cases?"), choices=Scope, initial=Scope.ALL, widget=forms.RadioSelect
    )
    opened_from = TypedDateField(label=_("Opened from"), required=False)
    opened_to = TypedDateField(label=_("Opened to and including"), required=False)
    purpose = ReasonField(
        label=_("What is the export for?"),
        help_text=_("Who approves it reads this. Write no names."),
    )
    layout = ("unit", "scope", Row("opened_from", "opened_to"), "purpose")

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = units.first()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("opened_from"), data.get("opened_to")
        if first and last and last < first:
            self.add_error("opened_to", gettext("The last day must not come before the first day."))
        return data

    def wish(self) -> ExportWish:
        data = self.cleaned_data
        return ExportWish(data["scope"], data["opened_from"], data["opened_to"], data["purpose"])
