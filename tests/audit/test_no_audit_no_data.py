"""C2: when the event of a page can not be written, not one word of the page leaves."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case, Note

pytestmark = pytest.mark.django_db
CANARY = "Kanarifuru"
SENTENCE = "Nothing is shown just now"

# What a database says when it can not write, and to which statement.
FAILURES = {
    "permission_taken": (
        "INSERT INTO",
        ProgrammingError("permission denied for table audit_event"),
    ),
    "disk_full": ("INSERT INTO", OperationalError("database or disk is full")),
    "chain_lock_broken": (
        "audit_head",
        OperationalError("canceling statement due to lock timeout"),
    ),
}


@pytest.fixture
def canary_case(make_case: Callable[..., Case]) -> Case:
    return make_case(given_name=CANARY, family_name=CANARY)


@pytest.fixture(params=sorted(FAILURES))
def no_audit_row(request: pytest.FixtureRequest, canary_case: Case) -> Iterator[str]:
    begins, error = FAILURES[request.param]

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        is_audit = "audit_event" in sql if begins == "INSERT INTO" else begins in sql
        if is_audit and (begins == "audit_head" or sql.startswith(begins)):
            raise error
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield request.param


REFUSING_TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER refuse_events BEFORE INSERT ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_events() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER refuse_events BEFORE INSERT ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_events()",
    ],
}


def pages(case: Case) -> list[str]:
    return [
        "/",
        "/cases/?scope=unit",
        f"/cases/{case.pk}/",
        reverse("casework:correct_person", args=[case.pk]),
    ]


def assert_nothing_is_shown(page: Any) -> None:
    assert page.status_code == 503
    assert SENTENCE in page.content.decode()
    assert CANARY.encode() not in page.content
    assert b"no-store" in page.headers["Cache-Control"].encode()
    assert "default-src" in page.headers["Content-Security-Policy"]
    assert page.headers["Retry-After"]


@pytest.mark.usefixtures("no_audit_row")
def test_c2_no_audit_row_no_page(
    canary_case: Case, adviser: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(adviser)
    for path in pages(canary_case):
        assert_nothing_is_shown(client.get(path))
    assert_nothing_is_shown(client.post("/search/", {"words": CANARY}))


def test_c2_an_insert_the_database_refuses(
    canary_case: Case, adviser: User, client_of: Callable[[User], Client]
) -> None:
    with connection.cursor() as cursor:
        for statement in REFUSING_TRIGGERS[connection.vendor]:
            cursor.execute(statement)
    assert_nothing_is_shown(client_of(adviser).get(f"/cases/{canary_case.pk}/"))


@pytest.mark.usefixtures("no_audit_row")
def test_c2_no_audit_row_no_change_and_no_word_of_success(
    canary_case: Case, adviser: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(adviser)
    assert_nothing_is_shown(client.post(f"/cases/{canary_case.pk}/note/", {"text": CANARY}))
    assert not Note.objects.filter(case=canary_case).exists()
    assert "messages" not in client.cookies


def test_c2_a_refusal_that_can_not_be_recorded_is_no_refusal_either(
    canary_case: Case, outsider: User, client_of: Callable[[User], Client], broken_audit: object
) -> None:
    assert_nothing_is_shown(client_of(outsider).get(f"/cases/{canary_case.pk}/"))


def test_c2_the_failure_is_in_the_application_log_without_content(
    canary_case: Case, adviser: User, client_of: Callable[[User], Client], broken_audit: object,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    before = Event.objects.count()
    client_of(adviser).get(f"/cases/{canary_case.pk}/")
    assert Event.objects.count() == before
    assert "audit write failed, nothing shown: request" in caplog.text
    assert CANARY not in caplog.text
