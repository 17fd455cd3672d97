"""Which messages a unit sends, and by which channel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.reminders.models.message import Channel, MessageKind
from cases.units.models import Unit


class ReminderRule(models.Model):
    """Which reminders a unit sends. Without a row of its own a unit follows the shared one."""

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("Empty: for every unit without a rule of its own."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=MessageKind)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    is_on = models.BooleanField(_("is sent"), default=True)

    class Privacy:
        kept = {"id", "unit", "kind", "channel", "is_on"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "channel"], name="reminder_rule_once", nulls_distinct=None
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_channel_display()}"
