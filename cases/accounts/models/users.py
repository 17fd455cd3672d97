"""Users, what they may do where and when, and who stands in for whom."""

import uuid
from datetime import date
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.roles import (
    CASE_ROLES,
    ROLES,
    SET_UP_OF_UNIT,
    UNIT_ROLES,
    Permission,
    Role,
)
from cases.core.database.context import Context, DatabaseRole
from cases.core.models import Dated, DatedQuerySet, Row, dates_in_order
from cases.units.models import Unit


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, keeper: "User") -> Self:
        """The people of the units whose members this user keeps."""
        return self.filter(pk__in=Membership.objects.visible_to(keeper).values("user"))

    def members_of(self, unit: Unit, day: date) -> Self:
        """Everybody with a role in this unit on this day, by name."""
        members = Membership.objects.in_force_on(day).filter(unit=unit)
        return self.active().filter(pk__in=members.values("user")).order_by("name", "pk")

    def advisers_of(self, unit: Unit, day: date) -> Self:
        """Those who may have a case of this unit on this day, by name."""
        members = Membership.objects.in_force_on(day).filter(unit=unit, role__in=CASE_ROLES)
        return self.active().filter(pk__in=members.values("user")).order_by("name", "pk")

    def sample_takers_of(self, unit: Unit, day: date) -> Self:
        """Those who take drug tests in this unit on this day, by name."""
        members = Membership.objects.in_force_on(day).filter(unit=unit, role=Role.SAMPLE_TAKER)
        return self.active().filter(pk__in=members.values("user")).order_by("name", "pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        user = self.model(email=email.lower(), name=name)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class ColourScheme(models.TextChoices):
    AUTO = "auto", _("as on my computer")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class User(Row, AbstractBaseUser):
    """A member of staff. There is no superuser: rights come from memberships alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language"),
        max_length=2,
        blank=True,
        choices=[("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")],
    )
    colour_scheme = models.CharField(
        _("colours"), max_length=5, choices=ColourScheme, default=ColourScheme.AUTO
    )
    is_active = models.BooleanField(_("may sign in"), default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Privacy:
        kept = {
            "id", "email", "name", "language", "colour_scheme", "is_active", "password", "last_login",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name"]
        constraints = [
            # allauth finds users by e-mail regardless of case; two spellings must not be two users.
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever is stopped is signed out everywhere at once, by whatever door they were stopped."""
        super().save(*args, **kwargs)
        if not self.is_active:
            self.sessions.all().delete()

    @cached_property
    def memberships_today(self) -> list["Membership"]:
        """Costs one query, once per loaded user: a right taken away is gone on the next request."""
        today = timezone.localdate()
        return list(self.memberships.in_force_on(today).select_related("unit").order_by("pk"))

    def units_where(self, permission: Permission) -> set[uuid.UUID]:
        return {
            m.unit_id
            for m in self.memberships_today
            if m.unit_id and permission in ROLES[Role(m.role)].permissions
        }

    def named_units_where(self, permission: Permission) -> list[Unit]:
        """The same units as rows, by name; without a query of its own."""
        allowed = self.units_where(permission)
        units = {m.unit for m in self.memberships_today if m.unit and m.unit_id in allowed}
        return sorted(units, key=lambda unit: unit.name)

    def named_unit_where(self, permission: Permission, unit_id: uuid.UUID) -> Unit | None:
        found = (u for u in self.named_units_where(permission) if u.pk == unit_id)
        return next(found, None)

    def units_cleared(self) -> set[uuid.UUID]:
        """Units in which this user may see people with a protected address."""
        return {m.unit_id for m in self.memberships_today if m.unit_id and m.cleared_for_protected}

    def may(self, permission: Permission, unit: uuid.UUID | None = None) -> bool:
        """Whether any membership in force today (in this unit, if one is given) allows it."""
        return any(
            permission in ROLES[Role(m.role)].permissions
            for m in self.memberships_today
            if unit is None or m.unit_id == unit
        )

    def database_context(self) -> Context:
        """As whom this user's requests speak to PostgreSQL: the rows of their units, no others."""
        role = DatabaseRole.SETUP if self.may(Permission.SET_UP) else DatabaseRole.APP
        units = frozenset(m.unit_id for m in self.memberships_today if m.unit_id)
        return Context(role, user=self.pk, units=units)

    def role_names(self, unit: uuid.UUID | None) -> str:
        names = {m.role for m in self.memberships_today if m.unit_id in (None, unit)}
        return ",".join(sorted(names))

    # Django admin asks these four; the answers follow the two permissions to set up, nothing else.
    @property
    def is_staff(self) -> bool:
        return self.may(Permission.SET_UP) or self.may(Permission.SET_UP_UNIT)

    def units_to_set_up(self) -> set[uuid.UUID] | None:
        """None: everything, in every unit."""
        if self.may(Permission.SET_UP):
            return None
        return self.units_where(Permission.SET_UP_UNIT)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        if not (self.is_active and self.is_staff):
            return False
        return self.may(Permission.SET_UP) or perm in SET_UP_OF_UNIT

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any of its tables is this user's to set up."""
        if not (self.is_active and self.is_staff):
            return False
        apps = {perm.partition(".")[0] for perm in SET_UP_OF_UNIT}
        return self.may(Permission.SET_UP) or app_label in apps


class MembershipQuerySet(DatedQuerySet):
    def visible_to(self, keeper: User) -> Self:
        """Of the units whose members this user keeps."""
        return self.filter(unit__in=keeper.units_where(Permission.KEEP_MEMBERS))


class Membership(Dated, Row):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(
        Unit,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "Empty for figures readers, system administrators and police systems: "
            "they belong to no unit."
        ),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    cleared_for_protected = models.BooleanField(
        _("may see people with a protected address"), default=False
    )

    objects = MembershipQuerySet.as_manager()

    class Privacy:
        kept = {"id", "user", "unit", "role", "cleared_for_protected", "valid_from", "valid_to"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role", "valid_from"],
                name="membership_once",
                nulls_distinct=None,
            ),
            models.CheckConstraint(
                name="membership_unit_fits_role",
                condition=Q(unit__isnull=False, role__in=UNIT_ROLES)
                | (Q(unit__isnull=True) & ~Q(role__in=UNIT_ROLES)),
                violation_error_message=_(
                    "Figures readers, system administrators and police systems belong to no unit; "
                    "everybody else does."
                ),
            ),
            dates_in_order("membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class StandInQuerySet(DatedQuerySet):
    def visible_to(self, keeper: User) -> Self:
        """Of the units whose members this user keeps."""
        return self.filter(unit__in=keeper.units_where(Permission.KEEP_MEMBERS))

    def of(self, user: User, day: date) -> Self:
        """Those whose cases this user has for the time being."""
        return self.in_force_on(day).filter(substitute=user)


class StandIn(Dated, Row):
    """A colleague who has somebody's cases while they are away, so that nobody needs to explain
    each look. Gives no right of its own: the substitute works in the same unit already.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    absent = models.ForeignKey(
        User, models.CASCADE, related_name="absences", verbose_name=_("who is away")
    )
    substitute = models.ForeignKey(
        User, models.CASCADE, related_name="stand_ins", verbose_name=_("who stands in")
    )

    objects = StandInQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "absent", "substitute", "valid_from", "valid_to"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "absent", "substitute", "valid_from"], name="stand_in_once"
            ),
            models.CheckConstraint(
                name="stand_in_is_somebody_else",
                condition=~Q(absent=F("substitute")),
                violation_error_message=_("Nobody stands in for themselves."),
            ),
            models.CheckConstraint(
                name="stand_in_ends",
                condition=Q(valid_to__isnull=False),
                violation_error_message=_("A stand-in needs a last day."),
            ),
            dates_in_order("stand_in"),
        ]

    def __str__(self) -> str:
        return f"stand-in {self.pk}"
