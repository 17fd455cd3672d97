"""What each role may do with each table: reviewed lists, the least that works.

`columns` narrows a right to SELECT; without it the whole row may be read. The roles of jobs see the
rows of all units, so they are given few tables and few columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cases.core.database.context import DatabaseRole
from cases.core.database.tables import Kind, Table

LOGIN = "advisory_login"  # the web's processes sign in as this one and then switch
JOBS = "advisory_jobs"  # so do Celery's workers, and the commands of an operator
BACKUP = "advisory_backup"
SCHEMA = "public"

READ = ("SELECT",)
ADD = ("SELECT", "INSERT")
WRITE = ("SELECT", "INSERT", "UPDATE")
EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")

APP, SETUP = DatabaseRole.APP, DatabaseRole.SETUP
WORKER, FIGURES, AUDITOR = DatabaseRole.WORKER, DatabaseRole.FIGURES, DatabaseRole.AUDITOR
KEEPER = DatabaseRole.KEEPER

# role: attributes. None may do what a superuser may, none owns a table.
NOTHING_MORE = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
ATTRIBUTES = {
    APP: f"NOLOGIN {NOTHING_MORE} NOBYPASSRLS",
    SETUP: f"NOLOGIN INHERIT {NOTHING_MORE} NOBYPASSRLS",
    WORKER: f"NOLOGIN {NOTHING_MORE} NOBYPASSRLS",
    FIGURES: f"NOLOGIN {NOTHING_MORE} NOBYPASSRLS",
    AUDITOR: f"NOLOGIN {NOTHING_MORE} NOBYPASSRLS",
    KEEPER: f"NOLOGIN {NOTHING_MORE} NOBYPASSRLS",
    # These two have none of the rights of the roles they may switch to.
    LOGIN: f"LOGIN NOINHERIT {NOTHING_MORE} NOBYPASSRLS",
    JOBS: f"LOGIN NOINHERIT {NOTHING_MORE} NOBYPASSRLS",
    BACKUP: f"LOGIN {NOTHING_MORE} BYPASSRLS",
}
# (role, who may become it). No page ever becomes the keeper or the auditor, no job the app.
MEMBERS = (
    (APP, SETUP),
    (APP, LOGIN),
    (SETUP, LOGIN),
    (FIGURES, LOGIN),
    (WORKER, LOGIN),  # /readyz
    (WORKER, JOBS),
    (AUDITOR, JOBS),
    (KEEPER, JOBS),
)
# Limits for what is done outside a transaction with a context.
SIGN_IN_LIMITS = {
    LOGIN: {
        "statement_timeout": "10s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "15s",
    },
    JOBS: {
        "statement_timeout": "60s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
    },
}


@dataclass(frozen=True)
class Right:
    verbs: tuple[str, ...] = READ
    columns: tuple[str, ...] = ()  # of SELECT; empty: all


# Who is signed in is found out before anything else, and the session saved after everything else.
LOGIN_RIGHTS = {
    "account.EmailAddress": Right(),
    "accounts.Membership": Right(),
    "accounts.User": Right(),
    "accounts.UserSession": Right(EVERYTHING),
    "contenttypes.ContentType": Right(),
    "mfa.Authenticator": Right(),
    "oidc.Identity": Right(),
    "units.Unit": Right(),
    "advisory_cache": Right(EVERYTHING),
    "django_migrations": Right(),
}
# Reminders: no name, no birth date, no identity number, no note, no help, no find.
WORKER_RIGHTS = {
    "appointments.Appointment": Right(),
    "appointments.AppointmentChange": Right(
        columns=("id", "unit_id", "appointment_id", "changed_at", "is_cancellation")
    ),
    "audit.Event": Right(("INSERT",)),
    "audit.EventPerson": Right(ADD, columns=("id",)),  # what an insert gives back
    "audit.Head": Right(WRITE),
    "casework.Case": Right(columns=("id", "unit_id", "person_id", "closed_at")),
    "casework.Task": Right(ADD),
    "letters.TextTemplate": Right(),
    "people.BreakGlass": Right(("SELECT", "UPDATE")),  # writes down that its time is over
    "people.ContactPoint": Right(),
    "people.Person": Right(
        columns=(
            "id",
            "unit_id",
            "language",
            "protection",
            "deceased_on",
            "restricted_at",
            "wrapped_key",
        )
    ),
    "reminders.Circuit": Right(WRITE),
    "reminders.EarlyReceipt": Right((*ADD, "DELETE")),
    "reminders.Heartbeat": Right(WRITE),
    "reminders.Message": Right(WRITE),
    "reminders.MessageEvent": Right(ADD),
    "reminders.MockDelivery": Right(ADD),
    "reminders.ReminderRule": Right(),
    # /readyz: whether the database is older than the ledger. Keyed hashes of rows that are no more.
    "retention.Erasure": Right(columns=("id", "unit_id", "hash")),
    "accounts.User": Right(columns=("id", "last_login")),  # a new sign-in ends a broken glass
    "units.ClosedDay": Right(),
    "units.Unit": Right(),
    "django_migrations": Right(),
}
# Counts over all units: no person, no free text.
FIGURES_RIGHTS = {
    "appointments.Appointment": Right(columns=("id", "unit_id", "case_id", "starts_at")),
    "appointments.Attendance": Right(columns=("id", "unit_id", "appointment_id", "result")),
    "casework.Case": Right(columns=("id", "unit_id", "referral_id")),
    "casework.LegalBasis": Right(),
    "casework.PoliceOrder": Right(columns=("referral_id", "unit_id", "threshold_table_id")),
    "casework.Referral": Right(columns=("id", "unit_id", "received_on", "legal_basis_id")),
    "support.AnswerToSender": Right(
        columns=("id", "unit_id", "sent_at", "attended", "corrects_id")
    ),
    "support.Closing": Right(columns=("id", "unit_id", "closed_at", "outcome")),
    "support.Offer": Right(
        columns=("id", "unit_id", "offered_on", "reply", "decline_reason", "result")
    ),
    "units.Unit": Right(),
}
# The log and nothing it is about: reads it, seals its months, adds what happened to it.
AUDITOR_RIGHTS = {
    "audit.Event": Right(ADD),
    "audit.EventPerson": Right(ADD),
    "audit.Head": Right(WRITE),
    "audit.Seal": Right(ADD),
    "units.Unit": Right(),
    "audit_change": Right(),
}
# A command that is given who answers for it looks them up.
JOBS_RIGHTS = {
    "accounts.Membership": Right(),
    "accounts.User": Right(),
    "django_migrations": Right(),
    "units.Unit": Right(),
}
# What retention needs beside the tables of units: who confirmed, drafts, ended sessions, traces.
KEEPER_RIGHTS = {
    "accounts.Draft": Right(EVERYTHING),
    "accounts.User": Right(),
    "accounts.UserSession": Right(("SELECT", "DELETE"), columns=("expire_date",)),
    "admin.LogEntry": Right(EVERYTHING),
    "audit.Event": Right(ADD),
    "audit.EventPerson": Right(ADD),
    "audit.Head": Right(WRITE),
    "contenttypes.ContentType": Right(),
    "reminders.EarlyReceipt": Right(EVERYTHING),
    "reminders.Heartbeat": Right(WRITE),
    "units.Unit": Right(),
}
LISTS = {
    LOGIN: LOGIN_RIGHTS,
    JOBS: JOBS_RIGHTS,
    WORKER: WORKER_RIGHTS,
    FIGURES: FIGURES_RIGHTS,
    AUDITOR: AUDITOR_RIGHTS,
}
# Every table of these apps is there for that role.
APPS = {"statistics": FIGURES, "audit": AUDITOR}

APP_RIGHTS = {
    Kind.OF_A_UNIT: EVERYTHING,
    Kind.SET_UP: EVERYTHING,
    Kind.OF_A_USER: EVERYTHING,
    Kind.CHAIN: ADD,
    Kind.UNIT: ("SELECT", "UPDATE"),
    Kind.REFERENCE: READ,
    Kind.MACHINE: EVERYTHING,
}
APP_RIGHTS_WITHOUT_A_MODEL = {"advisory_cache": EVERYTHING, "django_migrations": READ}
# A chain's head may grow, never go; its months are sealed by the auditor's job alone.
APP_RIGHTS_BY_LABEL = {"audit.Head": WRITE, "audit.Seal": READ}
SETUP_RIGHTS = {Kind.UNIT: WRITE, Kind.REFERENCE: EVERYTHING}


def rights(table: Table) -> Iterator[tuple[str, Right]]:
    """(role, right) of one table. An unknown one is nobody's."""
    if table.kind is Kind.UNKNOWN:
        return
    yield APP, Right(APP_RIGHTS_BY_LABEL.get(table.label, APP_RIGHTS[table.kind]))
    if table.kind in SETUP_RIGHTS:
        yield SETUP, Right(SETUP_RIGHTS[table.kind])
    yield from in_all_units(table)


def in_all_units(table: Table) -> Iterator[tuple[str, Right]]:
    """The roles that see every row of this table, whatever the unit, and what they may do."""
    yield from listed(table.label)
    if table.label in KEEPER_RIGHTS:
        yield KEEPER, KEEPER_RIGHTS[table.label]
    elif table.label.startswith("statistics.") or table.kind is Kind.OF_A_UNIT:
        yield KEEPER, Right(EVERYTHING)
    elif table.kind in (Kind.REFERENCE, Kind.SET_UP):
        yield KEEPER, Right()


def listed(name: str) -> Iterator[tuple[str, Right]]:
    """What the roles with a list of their own may do with this model or table."""
    for role, by_table in LISTS.items():
        if name in by_table:
            yield role, by_table[name]
        elif APPS.get(name.partition(".")[0]) == role:
            yield role, Right()


def rights_without_a_model(name: str) -> Iterator[tuple[str, Right]]:
    if name in APP_RIGHTS_WITHOUT_A_MODEL:
        yield APP, Right(APP_RIGHTS_WITHOUT_A_MODEL[name])
    yield from listed(name)
