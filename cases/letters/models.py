"""Dated texts in the person's language, and the letters made from them."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case, LegalBasis
from cases.core.fields import EncryptedTextField
from cases.core.models import Dated, DatedQuerySet, Row, dates_in_order
from cases.core.neutrality import check_neutral, placeholders
from cases.people.models import LetterLanguage, Person
from cases.units.models import Unit

MESSAGE_PLACEHOLDERS = {"weekday", "date", "time", "phone", "sender"}
LETTER_PLACEHOLDERS = MESSAGE_PLACEHOLDERS | {"place", "directions", "deadline", "adviser"}


class TextKind(models.TextChoices):
    """What a text is for. Those that reach a telephone or an e-mail subject must be neutral."""

    SUMMONS_INTRODUCTION = "summons_intro", _("summons: introduction")
    SUMMONS_CONSEQUENCE = "summons_consequence", _("summons: what follows from not coming")
    SUMMONS_CHANGE = "summons_change", _("summons: how to change the appointment")
    REMINDER = "reminder", _("message: reminder")
    MOVED = "moved", _("message: new time")
    CANCELLED = "cancelled", _("message: appointment cancelled")
    EMAIL_SUBJECT = "email_subject", _("subject of e-mails")


MESSAGE_KINDS = (TextKind.REMINDER, TextKind.MOVED, TextKind.CANCELLED, TextKind.EMAIL_SUBJECT)
REQUIRED_PLACEHOLDERS = {
    TextKind.REMINDER: {"date", "time", "phone"},
    TextKind.MOVED: {"date", "time", "phone"},
    TextKind.CANCELLED: {"phone"},
}


class TextQuerySet(DatedQuerySet):
    def for_kind(self, kind: str, language: str, unit: Unit, day: date) -> Self:
        """Candidates in force, the unit's own before the shared one, the newest first."""
        return (
            self.in_force_on(day)
            .filter(kind=kind, language=language)
            .filter(models.Q(unit=unit) | models.Q(unit=None))
            .order_by(models.F("unit").asc(nulls_last=True), "-valid_from")
        )


class TextTemplate(Dated, Row):
    kind = models.CharField(_("kind"), max_length=20, choices=TextKind)
    language = models.CharField(_("language"), max_length=2, choices=LetterLanguage)
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("Empty: for every unit."),
    )  # fmt: skip
    legal_basis = models.ForeignKey(
        LegalBasis, models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("Only for what follows from not coming."),
    )  # fmt: skip
    body = models.TextField(_("text"), max_length=2000)

    objects = TextQuerySet.as_manager()

    class Privacy:
        kept = {"id", "kind", "language", "unit", "legal_basis", "body", "valid_from", "valid_to"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "unit", "legal_basis", "valid_from"],
                name="text_template_once",
                nulls_distinct=None,
            ),
            dates_in_order("text_template"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"

    def clean(self) -> None:
        if self.kind not in TextKind.values:
            return  # the field itself says what is wrong
        if (self.kind == TextKind.SUMMONS_CONSEQUENCE) != (self.legal_basis_id is not None):
            raise ValidationError(
                {
                    "legal_basis": _(
                        "Choose a legal basis for what follows from not coming, and only there."
                    )
                }
            )
        try:
            self._check_body()
        except ValidationError as error:
            raise ValidationError({"body": error.messages}) from error

    def _check_body(self) -> None:
        kind = TextKind(self.kind)
        if kind in MESSAGE_KINDS:
            allowed = set() if kind == TextKind.EMAIL_SUBJECT else MESSAGE_PLACEHOLDERS
            required = REQUIRED_PLACEHOLDERS.get(kind, set())
            check_neutral(self.body, allowed=allowed, required=required)
        elif unknown := placeholders(self.body) - LETTER_PLACEHOLDERS:
            raise ValidationError(
                _("Unknown placeholder: %(names)s.") % {"names": ", ".join(sorted(unknown))}
            )


class LetterKind(models.TextChoices):
    SUMMONS = "summons", _("summons")


class Letter(Row):
    """A letter as it was made: filled in, locked, in the language it went out in."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind)
    language = models.CharField(max_length=2, choices=LetterLanguage)
    content = EncryptedTextField()  # JSON: the filled-in parts, in the order of the page
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "case", "unit", "kind", "language", "content", "made_at", "made_by"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")

    def __str__(self) -> str:
        return f"letter {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person
