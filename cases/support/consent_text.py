"""The words the person consents to, in the person's language. Kept as shown with each consent."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.people.models import Person
from cases.units.models import Unit


def consent_wording(person: Person, unit: Unit) -> str:
    """One recipient, one purpose, an end, and how to take it back."""
    with override(person.language):
        return _(
            "I agree that %(unit)s offers me help and writes down which help I was offered, "
            "what I answered and what came of it. It is used to follow up the help and for nothing "
            "else. The sender of my case is not told. Help is voluntary: saying no has no "
            "consequence for my case. I can take this consent back whenever I want, by telling "
            "the person I talk with or by calling %(phone)s."
        ) % {"unit": unit.neutral_name, "phone": unit.phone}
