"""Municipalities, the units that serve them, their places and closed days."""

from datetime import time

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.core.models import Dated, DatedQuerySet, NamedInThreeLanguages, Row, dates_in_order
from cases.core.neutrality import refuse_revealing


class Municipality(Dated):
    number = models.CharField(_("number"), max_length=4, validators=[RegexValidator(r"^\d{4}$")])
    name = models.CharField(_("name"), max_length=80)
    county = models.CharField(_("county"), max_length=80)

    objects = DatedQuerySet.as_manager()

    class Privacy:
        kept = {"id", "number", "name", "county", "valid_from", "valid_to"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["number", "valid_from"], name="municipality_number"),
            dates_in_order("municipality"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(Row):
    """One advisory unit. It may serve several municipalities; one municipality may have several."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    code = models.CharField(
        _("code in case numbers"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^[A-ZÆØÅ]{2,6}$", _("Two to six capital letters."))],
    )
    neutral_name = models.CharField(
        _("neutral name"),
        max_length=40,
        validators=[refuse_revealing],
        help_text=_("Ends messages and summonses. Must not tell what the unit does."),
    )
    neutral_sender = models.CharField(
        _("sender of SMS"),
        max_length=11,
        validators=[MaxLengthValidator(11), refuse_revealing],
        help_text=_("At most 11 characters, registered with the operators."),
    )
    phone = models.CharField(_("telephone"), max_length=20)
    postal_address = models.CharField(_("postal address"), max_length=200, blank=True)
    language = models.CharField(
        _("language towards people"), max_length=2, choices=[("nb", "bokmål"), ("nn", "nynorsk")],
        default="nb",
    )  # fmt: skip
    messages_from = models.TimeField(_("messages are sent from"), default=time(8))
    messages_until = models.TimeField(_("messages are sent until"), default=time(20))
    sends_messages = models.BooleanField(_("sends reminders"), default=True)

    class Privacy:
        kept = {
            "id", "name", "code", "neutral_name", "neutral_sender", "phone", "postal_address",
            "language", "messages_from", "messages_until", "sends_messages",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="unit_message_hours",
                condition=Q(messages_from__lt=F("messages_until")),
                violation_error_message=_("The first hour must come before the last."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class UnitMunicipality(Dated):
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="municipality_links")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="unit_links")

    objects = DatedQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "municipality", "valid_from", "valid_to"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("municipality served")
        verbose_name_plural = _("municipalities served")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "municipality", "valid_from"], name="unit_municipality_once"
            ),
            dates_in_order("unit_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} – {self.municipality}"


class PlaceKind(models.TextChoices):
    OFFICE = "office", _("office")
    NEUTRAL = "neutral", _("neutral place")
    HOME = "home", _("at home")
    OUTDOORS = "outdoors", _("outdoors")
    VIDEO = "video", _("video")
    PHONE = "phone", _("telephone")


BOOKABLE_KINDS = (PlaceKind.OFFICE, PlaceKind.NEUTRAL)


class PlaceQuerySet(models.QuerySet["Place"]):
    def in_use(self) -> "PlaceQuerySet":
        return self.filter(in_use=True)


class Place(NamedInThreeLanguages, Row):
    """Where a conversation takes place; video and telephone are places without a room."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="places")
    kind = models.CharField(_("kind"), max_length=10, choices=PlaceKind)
    directions = models.CharField(
        _("address and directions"),
        max_length=200,
        blank=True,
        help_text=_("Printed in the summons. Never sent to a telephone."),
    )
    in_use = models.BooleanField(_("in use"), default=True)

    objects = PlaceQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "kind", "name_nb", "name_nn", "name_en", "directions", "in_use"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name_nb"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name_nb"], name="place_name_in_unit"),
        ]

    @property
    def is_room(self) -> bool:
        """Whether two meetings can not use it at once."""
        return self.kind in BOOKABLE_KINDS


class ClosedDay(models.Model):
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="closed_days")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=80, blank=True)

    class Privacy:
        kept = {"id", "unit", "day", "reason"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "day"], name="closed_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"
