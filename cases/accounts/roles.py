"""Who may do what: roles are reviewed lists in code, each with a sentence for humans.

A role alone opens nothing: it counts in the unit and between the dates of a membership, for rows
that `visible_to` shows, and never past a block. One person may hold several roles.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    # Cases
    SEE_CASES = auto()
    SEE_RESTRICTED = auto()  # people whose processing is restricted (GDPR article 18)
    REGISTER_REFERRALS = auto()
    WORK_ON_CASES = auto()
    ASSIGN_CASES = auto()
    CLOSE_CASES = auto()
    ANSWER_SENDERS = auto()
    BREAK_GLASS = auto()
    KEEP_BLOCKS = auto()  # who must not see whom: kin and neighbours
    # Samples
    ORDER_SAMPLES = auto()
    TAKE_SAMPLES = auto()
    # The sender's machine
    SEND_REFERRALS = auto()
    READ_OWN_ANSWERS = auto()
    # Figures
    SEE_UNIT_FIGURES = auto()
    SEE_SAFE_FIGURES = auto()
    # The people of a unit
    KEEP_MEMBERS = auto()
    RESET_SECOND_FACTOR = auto()
    # Deletion, exports and the rights of the person
    HANDLE_RIGHTS = auto()  # access requests, restriction, sent in error
    CONFIRM_DELETION = auto()
    REQUEST_EXPORT = auto()
    APPROVE_AS_SECOND = auto()  # deletions and exports; sees counts and case numbers only
    # The access log
    SEE_CASE_LOG = auto()  # of the unit's cases
    REVIEW_LOG = auto()  # all of the unit's log, and no content
    REVIEW_BREAK_GLASS = auto()
    # Set-up
    SET_UP_UNIT = auto()  # places, services, texts and people of one's own units
    SET_UP = auto()  # everything shared: units, law, texts, figures


class Role(models.TextChoices):
    ADVISER = "adviser", _("adviser")
    COORDINATOR = "coordinator", _("coordinator")
    LEADER = "leader", _("unit leader")
    MUNICIPAL_ADMINISTRATOR = "municipal_admin", _("municipal administrator")
    SAMPLE_TAKER = "sample_taker", _("sample taker")
    AUDITOR = "auditor", _("data protection officer")
    FIGURES_READER = "figures_reader", _("figures reader")
    ADMINISTRATOR = "administrator", _("system administrator")
    POLICE_CLIENT = "police_client", _("police system")


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
        Permission.ORDER_SAMPLES,
        Permission.BREAK_GLASS,
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
        CASE_WORK | {Permission.ASSIGN_CASES, Permission.KEEP_BLOCKS},
        belongs_to_unit=True,
    ),
    Role.LEADER: RoleRules(
        _(
            "Does what a coordinator does, keeps the unit's people, sees its exact figures and "
            "the log of its cases, and handles deletion and the rights of people."
        ),
        CASE_WORK
        | {
            Permission.ASSIGN_CASES,
            Permission.KEEP_BLOCKS,
            Permission.SEE_RESTRICTED,
            Permission.SEE_UNIT_FIGURES,
            Permission.KEEP_MEMBERS,
            Permission.RESET_SECOND_FACTOR,
            Permission.HANDLE_RIGHTS,
            Permission.CONFIRM_DELETION,
            Permission.REQUEST_EXPORT,
            Permission.APPROVE_AS_SECOND,
            Permission.SEE_CASE_LOG,
            Permission.REVIEW_BREAK_GLASS,
        },
        belongs_to_unit=True,
    ),
    Role.MUNICIPAL_ADMINISTRATOR: RoleRules(
        _(
            "Keeps the unit's people, places, services and texts, resets a lost second factor and "
            "is the second person for deletions and exports. Sees counts and case numbers, and no case."
        ),
        frozenset(
            {
                Permission.KEEP_MEMBERS,
                Permission.RESET_SECOND_FACTOR,
                Permission.APPROVE_AS_SECOND,
                Permission.SET_UP_UNIT,
                Permission.SEE_SAFE_FIGURES,
                # In a unit of one, somebody else than the leader must be able to.
                Permission.REVIEW_BREAK_GLASS,
            }
        ),
        belongs_to_unit=True,
    ),
    Role.SAMPLE_TAKER: RoleRules(
        _("Sees name and time of the samples to take, and records taken or not taken."),
        frozenset({Permission.TAKE_SAMPLES}),
        belongs_to_unit=True,
    ),
    Role.AUDITOR: RoleRules(
        _("Reads and reviews the unit's access log, and sees no content of any case."),
        frozenset({Permission.REVIEW_LOG, Permission.REVIEW_BREAK_GLASS}),
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
    Role.POLICE_CLIENT: RoleRules(
        _("A machine: sends referrals and reads attended or not of its own. Can not sign in."),
        frozenset({Permission.SEND_REFERRALS, Permission.READ_OWN_ANSWERS}),
        belongs_to_unit=False,
    ),
}

# Roles of a machine. It has addresses of its own, and never comes in by the sign-in of people.
MACHINE_ROLES = frozenset({Role.POLICE_CLIENT})
UNIT_ROLES = [role for role, rules in ROLES.items() if rules.belongs_to_unit]
CASE_ROLES = [
    role for role, rules in ROLES.items() if Permission.WORK_ON_CASES in rules.permissions
]

# What SET_UP_UNIT opens of Django admin, in Django's words. Only rows of one's own units.
SET_UP_OF_UNIT = frozenset(
    {"units.view_unit", "units.change_unit"}
    | {
        f"{app}.{verb}_{model}"
        for app, model in (
            ("units", "place"), ("units", "closedday"), ("letters", "texttemplate"),
            ("support", "service"), ("reminders", "reminderrule"),
        )
        for verb in ("view", "add", "change")
    }
    | {"units.delete_closedday"}
)  # fmt: skip
