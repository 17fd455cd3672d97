from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.core.dates import to_utc
from cases.core.forms import (
    AdvisoryForm,
    PlainTextArea,
    RowChoiceField,
    TypedDateField,
    TypedTimeField,
)
from cases.core.layout import Row

EXCEPTION_LENGTH = 500


class OrderSampleForm(AdvisoryForm):
    taker = RowChoiceField(label=_("Who takes it?"), queryset=None, empty_label=_("Choose"))
    day = TypedDateField(label=_("Date"), future_only=True)
    clock = TypedTimeField(label=_("Time"))
    exception = forms.CharField(
        label=_("Why the person's own adviser takes it"),
        max_length=EXCEPTION_LENGTH,
        required=False,
        widget=PlainTextArea,
        help_text=_("Only when nobody else can. It is looked at in the monthly review."),
    )

    def __init__(self, *args: Any, case: Case, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = User.objects.sample_takers_of(
            case.unit, timezone.localdate()
        )
        self.layout: tuple[Any, ...] = ("taker", Row("day", "clock"), "exception")
        if not by.may(Permission.SEE_RESTRICTED, case.unit_id):
            del self.fields["exception"]
            self.layout = ("taker", Row("day", "clock"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("day") and data.get("clock"):
            try:
                data["planned_at"] = to_utc(data["day"], data["clock"])
            except ValueError as error:
                raise ValidationError({"clock": str(error)}) from error
        return data
