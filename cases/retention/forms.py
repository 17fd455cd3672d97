"""Forms about deletion. They check what was typed and write nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.core.forms import AdvisoryForm, PlainTextArea, TypedDateField

REASON_LENGTH = 1000
REFERENCE_LENGTH = 120


class HoldForm(AdvisoryForm):
    reason = forms.CharField(
        label=_("Why must the case be kept?"),
        max_length=REASON_LENGTH,
        widget=PlainTextArea,
        help_text=_("For example a complaint or a claim that is not settled."),
    )
    until = TypedDateField(
        label=_("Until and including"),
        required=False,
        future_only=True,
        help_text=_("Empty: until somebody lifts the hold. For example 25.11.2027"),
    )
    layout = ("reason", "until")


class ArchivedForm(AdvisoryForm):
    archived_on = TypedDateField(label=_("Archived on"), past_only=True)
    reference = forms.CharField(
        label=_("The archive's reference"),
        max_length=REFERENCE_LENGTH,
        help_text=_("What the archive finds it by. It is deleted together with the case."),
    )
    layout = ("archived_on", "reference")


class SeenForm(forms.Form):
    """What stood on the page whose button was pressed."""

    seen = forms.CharField(max_length=64)

    def value(self) -> str:
        """Nothing where the field was tampered with: it fits no list."""
        found: Any = self.cleaned_data.get("seen") if self.is_valid() else ""
        return str(found or "")
