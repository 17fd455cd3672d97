"""The forms of an appointment. What only the database can refuse is explained in `refusals`."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.appointments.choices import places_of
from cases.appointments.models import LENGTHS, Appointment, AttendanceResult, SentHow, WhoAsked
from cases.casework.duties import advisers_who_may_meet
from cases.casework.models import Case
from cases.core.dates import local
from cases.core.forms import (
    AdvisoryForm,
    PlainTextArea,
    RowChoiceField,
    TypedDateField,
    TypedTimeField,
)
from cases.core.layout import Row

USUAL_MINUTES = 60
LONGEST_REASON = 500
LONGEST_VERSION = 9


class SeenAppointment(forms.Form):
    """Carries which appointment the user saw, and as which version: nobody overwrites a change."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def seen_version(self, appointment: Appointment) -> int:
        """The version the user saw of this appointment; 0, which none has, of any other."""
        pk, _point, version = self.cleaned_data.get("seen", "").partition(".")
        is_this = pk == str(appointment.pk) and version.isascii() and version.isdigit()
        return int(version[:LONGEST_VERSION]) if is_this else 0

    def show_as_seen(self, appointment: Appointment) -> None:
        """From now on the user has seen this one; what was typed stays."""
        self.data = self.data.copy()
        self.data["seen"] = seen(appointment)


def seen(appointment: Appointment) -> str:
    return f"{appointment.pk}.{appointment.version}"


class BookForm(AdvisoryForm):
    adviser = RowChoiceField(label=_("Adviser"), queryset=None, empty_label=_("Choose an adviser"))
    place = RowChoiceField(label=_("Place"), queryset=None, empty_label=_("Choose a place"))
    day = TypedDateField(label=_("Day"), future_only=True)
    clock = TypedTimeField(label=_("Time"))
    minutes = forms.TypedChoiceField(
        label=_("Length"),
        coerce=int,
        choices=[(minutes, _("%(minutes)d minutes") % {"minutes": minutes}) for minutes in LENGTHS],
        initial=USUAL_MINUTES,
    )

    layout: Any = ("adviser", "place", Row("day", "clock", "minutes"))

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].queryset = advisers_who_may_meet(case, timezone.localdate())
        self.fields["place"].queryset = places_of(case.unit)
        self.fields["adviser"].initial = case.assigned_to_id or user.pk

    def slot(self) -> dict[str, Any]:
        """Where and when, as `book` and `move` take it."""
        return {
            name: self.cleaned_data[name]
            for name in ("adviser", "place", "day", "clock", "minutes")
        }


class MoveForm(SeenAppointment, BookForm):
    asked_for_by = forms.ChoiceField(
        label=_("Who asked for the change?"), choices=WhoAsked, widget=forms.RadioSelect
    )

    layout = (*BookForm.layout, "asked_for_by", "seen")

    def __init__(self, *args: Any, appointment: Appointment | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if appointment is not None:
            start = local(appointment.starts_at)
            self.initial = {
                "adviser": appointment.adviser_id,
                "place": appointment.place_id,
                "day": start.date(),
                "clock": start.time(),
                "minutes": appointment.minutes,
                "seen": seen(appointment),
            } | self.initial


class CancelForm(SeenAppointment, AdvisoryForm):
    asked_for_by = forms.ChoiceField(
        label=_("Who asked for it?"), choices=WhoAsked, widget=forms.RadioSelect
    )

    layout = ("asked_for_by", "seen")


class SummonsForm(SeenAppointment, AdvisoryForm):
    sent_how = forms.ChoiceField(
        label=_("How was it sent?"), choices=SentHow, widget=forms.RadioSelect
    )
    sent_on = TypedDateField(label=_("When was it sent?"), past_only=True)

    layout = ("sent_how", "sent_on", "seen")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sent_on"].initial = timezone.localdate()
        self.fields["sent_on"].not_before = local(case.opened_at).date()


# One line under each choice: what it means, and what it leads to.
EXPLAINED = {
    AttendanceResult.ATTENDED: _("The conversation was held. It counts as attended."),
    AttendanceResult.LATE: _("The conversation was held all the same. It counts as attended."),
    AttendanceResult.DID_NOT_COME: _("No word, or no good reason. It counts as a missed meeting."),
    AttendanceResult.VALID_ABSENCE: _("Ill, or another good reason. It counts neither way."),
    AttendanceResult.CANCELLED_BY_US: _("The unit could not hold it. It counts neither way."),
}


class AttendanceForm(SeenAppointment, AdvisoryForm):
    """The results are drawn by the page itself, each with its line; `layout` is the rest."""

    result = forms.ChoiceField(
        label=_("Did the person come?"), choices=AttendanceResult, widget=forms.RadioSelect
    )

    layout: Any = ("seen",)

    def options(self) -> list[dict[str, Any]]:
        chosen = self["result"].value()
        return [
            {
                "value": r.value,
                "label": r.label,
                "line": EXPLAINED[r],
                "is_chosen": r.value == chosen,
            }
            for r in AttendanceResult
        ]


class CorrectionForm(AttendanceForm):
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        help_text=_("One sentence. Nothing about what was said in the conversation."),
        max_length=LONGEST_REASON,
        widget=PlainTextArea(attrs={"rows": 3}),
    )

    layout = ("reason", "seen")
