from django import forms
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import ColourScheme
from cases.core.forms import AdvisoryForm


class SettingsForm(AdvisoryForm):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[
            ("", _("as in my browser")),
            ("nb", "Bokmål"),
            ("nn", "Nynorsk"),
            ("en", "English"),
        ],
        widget=forms.RadioSelect,
    )
    colour_scheme = forms.ChoiceField(
        label=_("Colours"), choices=ColourScheme, widget=forms.RadioSelect
    )
    layout = ("language", "colour_scheme")
