"""People by role, clients signed in as them, a broken audit table, and a flush that may empty it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from cases.accounts.models import User
from cases.accounts.roles import Role
from cases.audit import record as audit_record
from cases.audit import triggers
from cases.casework.models import Case
from cases.casework.reference import load_law
from cases.core.database import context as database_context
from cases.core.database.context import roles_are_used
from cases.core.database.roles import LOGIN
from cases.letters.reference import load_texts
from cases.reminders.reference import load_rules
from cases.units.models import Unit
from tests import factories
from tests.access.matrix import World, build_world

# Two cores shared with everything else: a slow moment is no fault of the property.
hypothesis_settings.register_profile("advisory", deadline=None)
hypothesis_settings.load_profile("advisory")


class AuditIsBroken(Exception):
    pass


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    # Tests read the sources; `make run` and the browser journeys use the hashed copies.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Tests read the source strings, whatever the catalogues say."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_audit_table() -> Iterator[None]:
    """Only the flush after a test with real transactions lifts the append-only triggers. The law is
    there again for the tests after it.
    """
    handle = flush.Command.handle

    def lifted(self: Any, *args: Any, **options: Any) -> None:
        triggers.lift(connection)
        handle(self, *args, **options)
        triggers.install(connection)
        load_law()

    flush.Command.handle = lifted
    yield
    flush.Command.handle = handle


@pytest.fixture(autouse=True, scope="session")
def _a_slow_machine_is_no_fault() -> Iterator[None]:
    """A shared machine may take seconds for a template; the limits themselves are tested as F10."""
    real = database_context.limits_of
    database_context.limits_of = lambda role: database_context.Limits("10min", "2min", "0")
    yield
    database_context.limits_of = real


@pytest.fixture(autouse=True, scope="session")
def _requests_sign_in_as_production_does() -> Iterator[None]:
    """On PostgreSQL the fixtures write as the server's superuser, but a request has what it has in
    production: the role that may see users and sessions, and becomes another one by itself.
    """
    call = ClientHandler.__call__

    def restricted(self: Any, environ: Any) -> Any:
        if not roles_are_used():
            return call(self, environ)
        connection.ensure_connection()
        # Past Django's cursor: the statements of the test are not the request's.
        connection.connection.execute(f"SET SESSION AUTHORIZATION {LOGIN}")
        try:
            return call(self, environ)
        finally:
            connection.connection.execute("RESET SESSION AUTHORIZATION")

    ClientHandler.__call__ = restricted
    yield
    ClientHandler.__call__ = call


@pytest.fixture
def broken_audit(monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """The audit write fails: whatever went before it must not be kept."""

    def refuse(events: object) -> None:
        raise AuditIsBroken

    monkeypatch.setattr(audit_record, "_write", refuse)
    return AuditIsBroken


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The law is in the database before the first test: loading it was a tenth of the suite."""
    with django_db_blocker.unblock():
        load_law()


@pytest.fixture
def law(db: None) -> None:
    """It is there; a test that empties the database itself, and wants it, says so."""


@pytest.fixture
def world(law: None, settings: Any) -> World:
    """A unit with a row behind every address, and one of each kind of user."""
    settings.ACCOUNT_RATE_LIMITS = False  # hundreds of requests a second are the test, not a guess
    load_texts()
    load_rules()
    return build_world()


@pytest.fixture
def unit(law: None) -> Unit:
    """A unit on the 2021 bill, where the police order people to appear."""
    return factories.make_unit("Furu", profile="no-2021-bill")


@pytest.fixture
def other_unit(law: None) -> Unit:
    """A unit nobody of `unit` belongs to, on the 2022 law."""
    return factories.make_unit("Gran", profile="no-2022-law")


@pytest.fixture
def adviser(unit: Unit) -> User:
    return factories.make_user("adviser", unit, Role.ADVISER)


@pytest.fixture
def colleague(unit: Unit) -> User:
    return factories.make_user("colleague", unit, Role.ADVISER)


@pytest.fixture
def cleared(unit: Unit) -> User:
    """An adviser who may see people with a protected address."""
    return factories.make_user("cleared", unit, Role.ADVISER, cleared=True)


@pytest.fixture
def coordinator(unit: Unit) -> User:
    return factories.make_user("coordinator", unit, Role.COORDINATOR)


@pytest.fixture
def leader(unit: Unit) -> User:
    return factories.make_user("leader", unit, Role.LEADER)


@pytest.fixture
def outsider(other_unit: Unit) -> User:
    return factories.make_user("outsider", other_unit, Role.LEADER)


@pytest.fixture
def figures_reader(db: None) -> User:
    return factories.make_user("reader", None, Role.FIGURES_READER)


@pytest.fixture
def administrator(db: None) -> User:
    return factories.make_user("administrator", None, Role.ADMINISTRATOR)


@pytest.fixture
def municipal_administrator(unit: Unit) -> User:
    return factories.make_user("municipal", unit, Role.MUNICIPAL_ADMINISTRATOR)


@pytest.fixture
def auditor(unit: Unit) -> User:
    return factories.make_user("auditor", unit, Role.AUDITOR)


@pytest.fixture
def sample_taker(unit: Unit) -> User:
    return factories.make_user("taker", unit, Role.SAMPLE_TAKER)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser signed in as this user, in English."""

    def signed_in(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def make_case(unit: Unit, adviser: User) -> Callable[..., Case]:
    """`make_case(basis="police_order", …)`: a registered referral of `unit`, assigned to `adviser`;
    a protected person's to nobody: `adviser` is not cleared.
    """

    def make(**traits: Any) -> Case:
        theirs = adviser if traits.get("protection", "none") == "none" else None
        return factories.make_case(**{"unit": unit, "by": adviser, "assigned_to": theirs} | traits)

    return make


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    return make_case()
