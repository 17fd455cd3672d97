"""Small forms of the case page."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case, Decision
from cases.core.forms import AdvisoryForm, PlainTextArea, RowChoiceField

NOTE_LENGTH = 1000
REASON_LENGTH = 1000


class DecideForm(AdvisoryForm):
    decision = forms.ChoiceField(
        label=_("What do you decide?"), choices=Decision, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=REASON_LENGTH,
        widget=PlainTextArea,
        help_text=_("A sentence or two. The decision and the reason are kept with the case."),
    )
    layout = ("decision", "reason")


class AssignForm(AdvisoryForm):
    adviser = RowChoiceField(
        label=_("Adviser"), queryset=None, required=False, empty_label=_("Not assigned")
    )
    layout = ("adviser",)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].queryset = User.objects.advisers_of(case.unit, timezone.localdate())
        self.fields["adviser"].initial = case.assigned_to_id


class NoteForm(AdvisoryForm):
    text = forms.CharField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        widget=PlainTextArea,
        help_text=_(
            "Only what is needed to arrange the meeting. Nothing about health, and nothing "
            "from the conversation. The person can read it. A note can not be changed afterwards."
        ),
    )
    layout = ("text",)
