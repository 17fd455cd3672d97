"""Who may do what: roles are reviewed lists in code, each with a sentence for humans."""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    SEE_CASES = auto()
    REGISTER_REFERRALS = auto()
    WORK_ON_CASES = auto()
    ASSIGN_CASES = auto()
    CLOSE_CASES = auto()
    ANSWER_SENDERS = auto()
    SEE_UNIT_FIGURES = auto()
    SEE_SAFE_FIGURES = auto()
    SET_UP = auto()


class Role(models.TextChoices):
    ADVISER = "adviser", _("adviser")
    COORDINATOR = "coordinator", _("coordinator")
    LEADER = "leader", _("unit leader")
    FIGURES_READER = "figures_reader", _("figures reader")
    ADMINISTRATOR = "administrator", _("administrator")


@dataclass(frozen=True)
class RoleRules:
    sentence: Promise
    permissions: frozenset[Permission]
    belongs_to_unit: bool


CASE_WORK = frozenset(
    {
        Permission.SEE_CASES,
        Permission.REGISTER_REFERRALS,
        Permission.WORK_ON_CASES,
        Permission.CLOSE_CASES,
        Permission.ANSWER_SENDERS,
        Permission.SEE_SAFE_FIGURES,
    }
)

ROLES: dict[Role, RoleRules] = {
    Role.ADVISER: RoleRules(
        _("Registers referrals, meets people, answers the sender and closes cases in the unit."),
        CASE_WORK,
        belongs_to_unit=True,
    ),
    Role.COORDINATOR: RoleRules(
        _("Does what an adviser does, and hands out the unit's cases."),
        CASE_WORK | {Permission.ASSIGN_CASES},
        belongs_to_unit=True,
    ),
    Role.LEADER: RoleRules(
        _("Does what a coordinator does, and sees the unit's exact figures."),
        CASE_WORK | {Permission.ASSIGN_CASES, Permission.SEE_UNIT_FIGURES},
        belongs_to_unit=True,
    ),
    Role.FIGURES_READER: RoleRules(
        _("Sees figures with small numbers hidden, and no case."),
        frozenset({Permission.SEE_SAFE_FIGURES}),
        belongs_to_unit=False,
    ),
    Role.ADMINISTRATOR: RoleRules(
        _("Keeps units, users, places, services, texts, law and reminders, and sees no case."),
        frozenset({Permission.SET_UP}),
        belongs_to_unit=False,
    ),
}

UNIT_ROLES = [role for role, rules in ROLES.items() if rules.belongs_to_unit]
