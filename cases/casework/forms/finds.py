"""Substances of a police order: one line each, as many as there were."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.casework.actions import FindDetails
from cases.casework.models import Substance
from cases.core.forms import AdvisoryForm, DecimalTextField
from cases.core.layout import Row

UNKNOWN_KIND = "unknown"
LINES_AT_FIRST = 2
MOST_LINES = 12


class FindForm(AdvisoryForm):
    """A line without a substance is left out; `details()` of it is None."""

    substance = forms.ChoiceField(label=_("Substance"), required=False)
    amount = DecimalTextField(
        label=_("Amount"),
        required=False,
        max_digits=9,
        decimal_places=3,
        help_text=_("Leave empty when the order does not say it."),
    )
    use_only = forms.BooleanField(label=_("Use only, nothing found"), required=False)
    confiscated = forms.BooleanField(label=_("Confiscated"), required=False)
    seizure_reference = forms.CharField(label=_("Seizure reference"), max_length=60, required=False)

    layout = (
        Row("substance", "amount"),
        Row("confiscated", "seizure_reference"),
        "use_only",
    )

    def __init__(self, *args: Any, substances: list[Substance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.substances = {str(s.pk): s for s in substances}
        self.fields["substance"].choices = [
            ("", gettext("None")),
            *(
                (key, f"{s.name} ({s.get_measured_in_display()})")
                for key, s in self.substances.items()
            ),
            (UNKNOWN_KIND, gettext("Unknown kind")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("substance"):
            rest = ("amount", "use_only", "confiscated", "seizure_reference")
            if any(data.get(name) for name in rest):
                self.add_error("substance", gettext("Choose the substance, or «Unknown kind»."))
        elif data.get("use_only") and (data.get("amount") or data.get("confiscated")):
            self.add_error(
                "use_only", gettext("Use only has no amount, and nothing was confiscated.")
            )
        return data

    def details(self) -> FindDetails | None:
        data = self.cleaned_data
        if not data.get("substance"):
            return None
        return FindDetails(
            substance=self.substances.get(data["substance"]),
            amount=data["amount"],
            use_only=data["use_only"],
            confiscated=data["confiscated"],
            seizure_reference=data["seizure_reference"],
        )


class BaseFinds(BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        if any(self.errors):
            return
        chosen = [f.cleaned_data.get("substance") for f in self.forms]
        chosen = [c for c in chosen if c]
        if not chosen:
            raise ValidationError(gettext("Write at least one substance."))
        known = [c for c in chosen if c != UNKNOWN_KIND]
        if len(known) != len(set(known)):
            raise ValidationError(
                gettext("The same substance stands twice. Write one line for each.")
            )

    def show_without_judging(self) -> None:
        """Show the lines as they were typed so far, without errors."""
        for line in self.forms:
            line.show_without_judging()
        self._errors = [line.errors for line in self.forms]
        self._non_form_errors = self.error_class()

    def details(self) -> list[FindDetails]:
        return [found for form in self.forms if (found := form.details()) is not None]


FindFormSet = formset_factory(
    FindForm,
    formset=BaseFinds,
    extra=LINES_AT_FIRST,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES,
    validate_max=True,
)
