"""Why a colleague's case is opened, why the glass is broken, and who must not see whom."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.forms import AdvisoryForm, PlainTextArea, RowChoiceField
from cases.core.layout import Conditional
from cases.people.models import DeclaredReason

REASON_LENGTH = 500
SHORTEST_GLASS_REASON = 15


class DeclareForm(AdvisoryForm):
    reason = forms.ChoiceField(
        label=_("Why do you open the case?"), choices=DeclaredReason, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("In your own words"),
        max_length=REASON_LENGTH,
        required=False,
        widget=PlainTextArea,
        help_text=_("The adviser who has the case can read it."),
    )
    layout = ("reason", Conditional("reason", [DeclaredReason.OTHER], "note"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == DeclaredReason.OTHER and not data.get("note"):
            self.add_error("note", gettext("Write the reason in a few words."))
        return data


class GlassForm(AdvisoryForm):
    number = forms.CharField(
        label=_("Case number"), max_length=20, help_text=_("For example FUR-2026-0012")
    )
    reason = forms.CharField(
        label=_("Why do you need this case, and why now?"),
        max_length=REASON_LENGTH,
        validators=[
            MinLengthValidator(
                SHORTEST_GLASS_REASON, _("Write the reason in at least %(limit_value)d characters.")
            )
        ],
        widget=PlainTextArea,
        help_text=_("Your leader and the data protection officer read it."),
    )
    layout = ("number", "reason")

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()


class KnowPersonForm(AdvisoryForm):
    reason = forms.CharField(
        label=_("How do you know the person?"),
        max_length=REASON_LENGTH,
        widget=PlainTextArea,
        help_text=_("A few words, for example: a cousin, a neighbour. Your leader can read it."),
    )
    layout = ("reason",)


class BlockForm(AdvisoryForm):
    user = RowChoiceField(
        label=_("Who must not see the case?"), queryset=None, empty_label=_("Choose")
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=REASON_LENGTH,
        widget=PlainTextArea,
        help_text=_("A few words, for example: a cousin, a neighbour."),
    )
    layout = ("user", "reason")

    def __init__(self, *args: Any, case: Case, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        # Everybody can be kin: who takes tests has the person's name on their list, and the data
        # protection officer and the municipal administrator read logs, broken glasses and numbers.
        self.fields["user"].queryset = User.objects.members_of(case.unit, timezone.localdate())

    def clean_user(self) -> User:
        user = self.cleaned_data["user"]
        if user == self.by:
            raise ValidationError(
                gettext("Use “I know this person” for yourself: you lose the case at once.")
            )
        return user
