"""Forms about consent, help, the sender and closing. They check what was typed and write nothing."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.casework.models import Case, CaseOutcome, SenderChoice
from cases.core.forms import AdvisoryForm, RowChoiceField, TypedDateField
from cases.core.layout import Conditional, Row
from cases.support.choices import services_of
from cases.support.models import DeclineReason, Offer, Reply, Result, SentVia

# Probation lasts two years; a consent to help beside it has no reason to last longer.
LONGEST_CONSENT = timedelta(days=2 * 366)
USUAL_CONSENT = timedelta(days=365)
LATEST_FOLLOW_UP = timedelta(days=2 * 366)
LARGEST_VERSION = 2**31 - 1


class FollowUpField(TypedDateField):
    """A day to ask again: from today, and not years ahead."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            future_only=True, required=False, label=_("Ask again on"),
            help_text=_("The case then comes up in your list. For example 25.11.2026"), **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > timezone.localdate() + LATEST_FOLLOW_UP:
            raise ValidationError(gettext("The date is too far ahead. Check the year."))
        return day


def _still_ahead(day: date | None) -> date | None:
    return day if day and day >= timezone.localdate() else None


class ConsentForm(AdvisoryForm):
    given_on = TypedDateField(label=_("Consent given on"), past_only=True)
    expires_on = TypedDateField(label=_("The consent ends on"))
    was_shown = forms.BooleanField(
        label=_("The person has read this text, or had it read to them, and agrees")
    )
    layout = (Row("given_on", "expires_on"), "was_shown")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        today = timezone.localdate()
        initial = {"given_on": today, "expires_on": today + USUAL_CONSENT}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["given_on"].not_before = case.referral.received_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given_on, expires_on = data.get("given_on"), data.get("expires_on")
        if given_on and expires_on:
            if expires_on < given_on:
                self.add_error("expires_on", _("The consent must end after it begins."))
            elif expires_on - given_on > LONGEST_CONSENT:
                self.add_error(
                    "expires_on", _("A consent lasts two years at most, and can be given again.")
                )
        return data


class ReplyFields(AdvisoryForm):
    """What the person answered; the reason is asked for when the offer was declined."""

    reply = forms.ChoiceField(label=_("Reply"), choices=Reply, widget=forms.RadioSelect)
    decline_reason = forms.ChoiceField(
        label=_("Reason, if declined"),
        choices=[("", _("Choose a reason")), *DeclineReason.choices],
        required=False,
    )
    follow_up_on = FollowUpField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reply") == Reply.DECLINED:
            data["follow_up_on"] = None
            if "decline_reason" in data and not data["decline_reason"]:
                self.add_error("decline_reason", _("Choose a reason when the offer is declined."))
        elif "reply" in data:
            data["decline_reason"] = ""
        return data


class OfferForm(ReplyFields):
    service = RowChoiceField(
        label=_("Help offered"), queryset=None, empty_label=_("Choose what was offered")
    )
    offered_on = TypedDateField(label=_("Offered on"), past_only=True)
    layout = (
        Row("service", "offered_on"),
        "reply",
        Conditional("reply", [Reply.DECLINED], "decline_reason"),
        "follow_up_on",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        initial = {"offered_on": timezone.localdate(), "reply": Reply.THINKING}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["service"].queryset = services_of(case.unit)
        self.fields["offered_on"].not_before = case.referral.received_on


class VersionedForm(AdvisoryForm):
    """Carries the version of the row that was shown, so that nothing is overwritten unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        initial = {"version": offer.version} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        self.offer = offer
        incomplete = gettext("The page was sent incomplete. Open it again.")
        for code in ("required", "invalid", "min_value", "max_value"):
            self.fields["version"].error_messages[code] = incomplete

    def show_version(self, version: int) -> None:
        """After a conflict: what is typed stays, and is saved over what the page now shows."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class ReplyForm(ReplyFields, VersionedForm):
    replied_on = TypedDateField(label=_("Replied on"), past_only=True, required=False)
    layout = (
        "version",
        "reply",
        Conditional("reply", [Reply.DECLINED], "decline_reason"),
        Row("replied_on", "follow_up_on"),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        initial = {
            "reply": offer.reply,
            "replied_on": offer.replied_on or timezone.localdate(),
            "decline_reason": offer.decline_reason,
            "follow_up_on": _still_ahead(offer.follow_up_on),
        }
        super().__init__(*args, offer=offer, initial=initial, **kwargs)
        self.fields["replied_on"].not_before = offer.offered_on

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        replied = data.get("reply") in (Reply.ACCEPTED, Reply.DECLINED)
        if replied and "replied_on" in data and data["replied_on"] is None:
            self.add_error("replied_on", _("Must be filled in when the person has replied."))
        return data


class ResultForm(VersionedForm):
    result = forms.ChoiceField(label=_("What came of it"), choices=Result, widget=forms.RadioSelect)
    result_on = TypedDateField(label=_("Since"), past_only=True)
    follow_up_on = FollowUpField()
    layout = ("version", "result", Row("result_on", "follow_up_on"))

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        initial = {
            "result": offer.result,
            "result_on": offer.result_on or timezone.localdate(),
            "follow_up_on": _still_ahead(offer.follow_up_on),
        }
        super().__init__(*args, offer=offer, initial=initial, **kwargs)
        self.fields["result_on"].not_before = offer.offered_on


class AnswerForm(AdvisoryForm):
    """`shown` is the fingerprint of the answer on the page: only that one is sent."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sent_via = forms.ChoiceField(
        label=_("How is it sent?"), choices=SentVia, widget=forms.RadioSelect
    )
    layout = ("shown", "sent_via")

    def show(self, fingerprint: str) -> None:
        self.data = self.data.copy()
        self.data["shown"] = fingerprint


class SenderDecisionForm(AdvisoryForm):
    choice = forms.ChoiceField(
        label=_("What did the sender decide?"),
        choices=[(c.value, c.label) for c in SenderChoice if c != SenderChoice.NONE],
        widget=forms.RadioSelect,
    )
    new_deadline_on = TypedDateField(
        label=_("New deadline"), future_only=True, required=False,
        help_text=_("Only for a new deadline. For example 25.11.2026"),
    )  # fmt: skip
    decided_on = TypedDateField(label=_("Decided on"), past_only=True)
    layout = (
        "choice",
        Conditional("choice", [SenderChoice.NEW_DEADLINE], "new_deadline_on"),
        "decided_on",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].not_before = case.referral.received_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") != SenderChoice.NEW_DEADLINE:
            data["new_deadline_on"] = None
        elif "new_deadline_on" in data and data["new_deadline_on"] is None:
            self.add_error("new_deadline_on", _("A new deadline needs its date."))
        return data


class CloseForm(AdvisoryForm):
    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    deceased_on = TypedDateField(
        label=_("Date of death"), past_only=True, required=False,
        help_text=_("Only if the person is deceased and the date is known."),
    )  # fmt: skip
    layout = ("outcome", Conditional("outcome", [CaseOutcome.DECEASED], "deceased_on"))

    def __init__(self, *args: Any, case: Case, outcomes: list[CaseOutcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(o.value, o.label) for o in outcomes]
        self.fields["deceased_on"].not_before = case.person.birth_date

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") != CaseOutcome.DECEASED:
            data["deceased_on"] = None
        return data
