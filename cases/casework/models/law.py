"""The law as dated data: profiles, legal bases, substances and thresholds."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.core.models import Dated, DatedQuerySet, NamedInThreeLanguages, Row, dates_in_order
from cases.units.models import Unit


class LawProfile(NamedInThreeLanguages, Row):
    """One country's or one year's way of referring; switched on per unit from a date."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    source = models.CharField(_("source"), max_length=200)

    class Privacy:
        kept = {"id", "code", "source", "name_nb", "name_nn", "name_en"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("law profile")
        verbose_name_plural = _("law profiles")
        ordering = ["code"]


class UnitLawProfile(Dated):
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    profile = models.ForeignKey(LawProfile, models.PROTECT, related_name="unit_links")

    objects = DatedQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "profile", "valid_from", "valid_to"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("law profile in force")
        verbose_name_plural = _("law profiles in force")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "profile", "valid_from"], name="unit_law_profile_once"
            ),
            dates_in_order("unit_law_profile"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.profile}"


class MeasuredIn(models.TextChoices):
    GRAM = "g", _("g")
    DECILITRE = "dl", _("dl")
    MILLIGRAM = "mg", _("mg")
    PIECE = "piece", _("pieces")
    DOSE = "dose", _("doses")


class Substance(NamedInThreeLanguages, Row):
    code = models.SlugField(_("code"), max_length=30, unique=True)
    measured_in = models.CharField(_("measured in"), max_length=5, choices=MeasuredIn)

    class Privacy:
        kept = {"id", "code", "measured_in", "name_nb", "name_nn", "name_en"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("substance")
        verbose_name_plural = _("substances")
        ordering = ["name_nb"]


class ThresholdTable(NamedInThreeLanguages, Dated, Row):
    """The amounts one document proposes as the border of own use."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    source = models.CharField(_("source"), max_length=200)
    published_on = models.DateField(_("published"))
    most_substances = models.PositiveSmallIntegerField(_("most different substances"), default=3)

    objects = DatedQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "code", "source", "published_on", "most_substances", "name_nb", "name_nn",
            "name_en", "valid_from", "valid_to",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("threshold table")
        verbose_name_plural = _("threshold tables")
        ordering = ["code"]
        constraints = [dates_in_order("threshold_table")]


class Threshold(models.Model):
    table = models.ForeignKey(ThresholdTable, models.CASCADE, related_name="thresholds")
    substance = models.ForeignKey(Substance, models.PROTECT, related_name="thresholds")
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=3)

    class Privacy:
        kept = {"id", "table", "substance", "amount"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        constraints = [
            models.UniqueConstraint(fields=["table", "substance"], name="threshold_once"),
            models.CheckConstraint(
                name="threshold_above_zero",
                condition=models.Q(amount__gt=Decimal(0)),
                violation_error_message=_("The amount must be more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substance} {self.amount.normalize():f} {self.substance.measured_in}"


class BasisKind(models.TextChoices):
    POLICE_ORDER = "police_order", _("police order to appear")
    WAIVER = "waiver", _("condition in a waiver of prosecution")
    JUDGMENT = "judgment", _("condition in a judgment")
    TRANSFER = "transfer", _("transfer of the case")
    OWN_WISH = "own_wish", _("own wish")


class SenderKind(models.TextChoices):
    POLICE = "police", _("police")
    PROSECUTOR = "prosecutor", _("prosecution authority")
    COURT = "court", _("court")


class LegalBasisQuerySet(DatedQuerySet):
    def for_unit(self, unit: Unit, day: date) -> Self:
        """What the unit's law profiles in force on this day allow a referral to rest on."""
        profiles = UnitLawProfile.objects.in_force_on(day).filter(unit=unit).values("profile")
        return self.in_force_on(day).filter(profile__in=profiles).order_by("position", "name_nb")


class LegalBasis(NamedInThreeLanguages, Dated, Row):
    """What a referral can rest on: what it asks, whom to answer, how many attendances."""

    profile = models.ForeignKey(LawProfile, models.CASCADE, related_name="legal_bases")
    kind = models.CharField(_("kind"), max_length=14, choices=BasisKind)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    legal_reference = models.CharField(_("legal reference"), max_length=120, blank=True)
    sender_kind = models.CharField(
        _("sent by"),
        max_length=10,
        choices=SenderKind,
        blank=True,
        help_text=_("Empty: no sender, no deadline and no answer."),
    )
    threshold_table = models.ForeignKey(
        ThresholdTable,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: finds are not recorded."),
    )
    attendances = models.PositiveSmallIntegerField(_("required attendances"), default=1)
    days_to_deadline = models.PositiveSmallIntegerField(
        _("days to the deadline"), null=True, blank=True
    )
    summonses = models.PositiveSmallIntegerField(
        _("summonses before the sender is told"),
        default=2,
        help_text=_("After this many meetings without the person, the answer is due."),
    )

    objects = LegalBasisQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "profile", "kind", "position", "legal_reference", "sender_kind",
            "threshold_table", "attendances", "days_to_deadline", "summonses", "name_nb",
            "name_nn", "name_en", "valid_from", "valid_to",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ["profile", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "kind", "valid_from"], name="legal_basis_once"
            ),
            models.CheckConstraint(
                name="legal_basis_asks_attendance",
                condition=models.Q(attendances__gte=1, summonses__gte=1),
                violation_error_message=_("At least one attendance and one summons."),
            ),
            dates_in_order("legal_basis"),
        ]

    @property
    def has_sender(self) -> bool:
        return bool(self.sender_kind)

    @property
    def records_finds(self) -> bool:
        return self.threshold_table_id is not None


class SenderQuerySet(models.QuerySet["Sender"]):
    def in_use(self) -> Self:
        return self.filter(in_use=True)


class Sender(Row):
    """A police district, prosecutor or court. Shared by all units."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SenderKind)
    address = models.CharField(_("address for answers"), max_length=200, blank=True)
    in_use = models.BooleanField(_("in use"), default=True)

    objects = SenderQuerySet.as_manager()

    class Privacy:
        kept = {"id", "name", "kind", "address", "in_use"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
