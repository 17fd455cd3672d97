"""Who may see whom beyond the role: blocks, declared access, broken glass, and the rule itself.

Three tiers: normal (one's own cases), declared (a colleague's, with a reason), break-glass (a
protected person, or a case closed long ago: one person, four hours). A block beats them all.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.core.fields import EncryptedTextField
from cases.core.models import Row, both_or_neither
from cases.people.models.choices import DeclaredReason, Protection, ReviewOutcome
from cases.units.models import Unit

if TYPE_CHECKING:
    from cases.people.models.person import Person

DECLARED_FOR = timedelta(hours=12)
GLASS_OPEN_FOR = timedelta(hours=4)
REVIEWED_WITHIN = timedelta(days=7)


def visible_through(
    user: User, prefix: str = "", permission: Permission = Permission.SEE_CASES
) -> Q:
    """The rule every row about a person is reached through: membership in force, clearance or a
    broken glass, no restriction, and no block.

    `prefix` is the path from the row to the person's columns, such as "person__".
    """
    units = user.units_where(permission)
    cleared = units & user.units_cleared()
    person = OuterRef(f"{prefix}pk")
    blocks = Block.objects.in_force().filter(user=user, person=person)
    glass = BreakGlass.objects.open_for(user, timezone.now()).filter(person=person)
    unprotected = Q(**{f"{prefix}protection": Protection.NONE})
    unrestricted = Q(**{f"{prefix}restricted_at": None})
    sees_restricted = units & user.units_where(Permission.SEE_RESTRICTED)
    return (
        Q(unit_id__in=units)
        & (unprotected | Q(unit_id__in=cleared) | Q(Exists(glass)))
        & (unrestricted | Q(unit_id__in=sees_restricted))
        & ~Q(Exists(blocks))
    )


class BlockQuerySet(models.QuerySet["Block"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class Block(Row):
    """An employee who must not see a person: kin, neighbour, friend. Beats role, leader and glass."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey("Person", models.CASCADE, related_name="blocks")
    reason = EncryptedTextField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = BlockQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "user", "person", "reason", "set_at", "set_by", "lifted_at", "lifted_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "person"], condition=Q(lifted_at=None), name="block_once"
            ),
            both_or_neither("block_lifted", "lifted_at", "lifted_by"),
            # Whoever must not see the case does not decide that they may.
            models.CheckConstraint(
                name="block_lifted_by_somebody_else",
                condition=Q(lifted_by=None) | ~Q(lifted_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.pk}"

    def key_holder(self) -> "Person":
        return self.person


class DeclaredAccessQuerySet(models.QuerySet["DeclaredAccess"]):
    def open_for(self, user: User, person: UUID, now: datetime) -> Self:
        return self.filter(user=user, person=person, until__gt=now)

    def about(self, person: UUID) -> Self:
        """What the adviser who has the case is shown, the newest first."""
        return self.filter(person=person).select_related("user").order_by("-declared_at", "pk")


class DeclaredAccess(Row):
    """Why a colleague opened somebody else's case; holds for the rest of a working day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey("Person", models.CASCADE, related_name="declared_accesses")
    reason = models.CharField(_("reason"), max_length=12, choices=DeclaredReason)
    note = EncryptedTextField(default="")
    declared_at = models.DateTimeField()
    until = models.DateTimeField()

    objects = DeclaredAccessQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "unit", "user", "person", "reason", "note", "declared_at", "until"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("declared access")
        verbose_name_plural = _("declared accesses")
        indexes = [
            models.Index(fields=["person", "user", "until"], name="declared_access_open"),
        ]
        constraints = [
            models.CheckConstraint(
                name="declared_access_ends", condition=Q(until__gt=F("declared_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"declared access {self.pk}"

    def key_holder(self) -> "Person":
        return self.person


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open_for(self, user: User, now: datetime) -> Self:
        """Those that let this user through now. None outlives the sign-in it was started in."""
        since = user.last_login or now
        return self.filter(user=user, ended_at=None, until__gt=now, started_at__gte=since)

    def run_out(self, now: datetime) -> Self:
        """Past their time, or their user has signed in anew, and not yet written down as ended."""
        return self.filter(ended_at=None).filter(
            Q(until__lte=now) | Q(user__last_login__gt=F("started_at"))
        )

    def to_be_reviewed(self) -> Self:
        return self.filter(reviewed_at=None)

    def review_overdue(self, now: datetime) -> Self:
        return self.to_be_reviewed().filter(started_at__lt=now - REVIEWED_WITHIN)


class BreakGlass(Row):
    """One user, one person, four hours, a written reason; somebody else looks at it afterwards."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey("Person", models.CASCADE, related_name="broken_glasses")
    case_number = models.CharField(max_length=20)  # what the reviewer sees: no content
    reason = EncryptedTextField()
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    review_outcome = models.CharField(max_length=12, choices=ReviewOutcome, blank=True)
    review_note = EncryptedTextField(default="")

    objects = BreakGlassQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "user", "person", "case_number", "reason", "started_at", "until",
            "ended_at", "reviewed_at", "reviewed_by", "review_outcome", "review_note",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("broken glass")
        verbose_name_plural = _("broken glasses")
        indexes = [
            models.Index(fields=["user", "person", "until"], name="break_glass_open"),
            models.Index(
                fields=["unit", "started_at"],
                condition=Q(reviewed_at=None),
                name="break_glass_unreviewed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="break_glass_ends",
                condition=Q(until__gt=F("started_at")),
            ),
            # One person at a time, also for two requests that both found none open.
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="break_glass_one_at_a_time"
            ),
            both_or_neither("break_glass_reviewed", "reviewed_at", "reviewed_by"),
            models.CheckConstraint(
                name="break_glass_reviewed_by_somebody_else",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
                violation_error_message=_("Somebody else must look at it."),
            ),
            models.CheckConstraint(
                name="break_glass_review_has_outcome",
                condition=Q(reviewed_at=None, review_outcome="")
                | (Q(reviewed_at__isnull=False) & ~Q(review_outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"broken glass {self.pk}"

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more can be opened through it."""
        return self.ended_at is not None or self.until <= now

    def key_holder(self) -> "Person":
        return self.person
