from django.db import models
from django.utils.translation import gettext_lazy as _


class Protection(models.TextChoices):
    """From open to hidden: each hides more than those before it."""

    NONE = "none", _("none")
    CONFIDENTIAL = "confidential", _("confidential address")
    STRICTLY_CONFIDENTIAL = "strictly", _("strictly confidential address")

    def hides_less_than(self, other: "Protection") -> bool:
        in_order = list(Protection)
        return in_order.index(self) < in_order.index(other)


class LetterLanguage(models.TextChoices):
    NB = "nb", _("Bokmål")
    NN = "nn", _("Nynorsk")
    EN = "en", _("English")


class DeclaredReason(models.TextChoices):
    """Why a colleague opens a case that somebody else has."""

    COVERING = "covering", _("The adviser is away")
    PERSON_ASKED = "person_asked", _("The person called, wrote or came by")
    HANDING_OVER = "handing_over", _("The case is handed over, or I help with it")
    CHECKING = "checking", _("I check that the work is done as it should be")
    RIGHTS = "rights", _("The person has asked for access, a correction or the like")
    OTHER = "other", _("Another reason, which I write below")


class ReviewOutcome(models.TextChoices):
    """What somebody else found when they looked at a broken glass."""

    JUSTIFIED = "justified", _("it was needed")
    UNCLEAR = "unclear", _("it is being looked into")
    UNJUSTIFIED = "unjustified", _("it was not needed: a deviation")
