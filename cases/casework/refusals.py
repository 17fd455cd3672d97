"""Why an adviser is not given a case, as a sentence at the field where somebody is chosen."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.casework.actions import MustNotSee, NotCleared, NotOfThisUnit, TakesSamples

SENTENCES: dict[type[Exception], Promise] = {
    NotOfThisUnit: _("This adviser does not belong to the unit."),
    MustNotSee: _("This adviser must not have this case. Choose another."),
    NotCleared: _(
        "This colleague is not cleared for people with a protected address. "
        "Choose somebody who is, or nobody."
    ),
    TakesSamples: _("This colleague takes drug tests of the person. Choose another."),
}
NotTheirs: tuple[type[Exception], ...] = tuple(SENTENCES)


def explain(form: forms.Form, field: str, refusal: Exception) -> None:
    form.add_error(field, str(SENTENCES[type(refusal)]))
