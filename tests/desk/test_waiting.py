"""The first page of who approves and keeps a unit: counts, members, and no case."""

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case
from cases.privacy.models import PersonExport
from cases.privacy.models.files import FileState
from cases.retention.models import DueList
from tests.desk.conftest import ClientOf

pytestmark = pytest.mark.django_db


def test_the_municipal_administrator_starts_there(
    case: Case, municipal_administrator: User, adviser: User, client_of: ClientOf
) -> None:
    browser = client_of(municipal_administrator)
    assert browser.get("/")["Location"] == "/waiting/"
    page = browser.get("/waiting/").content.decode()
    assert "Nothing waits for you." in page
    assert "Adviser" in page
    assert "Testperson" not in page
    assert case.number not in page


def test_the_auditor_starts_with_the_review(case: Case, auditor: User, client_of: ClientOf) -> None:
    answer = client_of(auditor).get("/")
    assert answer["Location"] == "/log/review/"


def test_a_leader_is_told_on_their_own_first_page(
    case: Case, leader: User, client_of: ClientOf
) -> None:
    """Nothing waits: the page has the place for it, and the adviser is not even asked about."""
    assert client_of(leader).get("/").context["waiting"] == []


def test_who_keeps_nothing_is_refused(browser: Client) -> None:
    assert browser.get("/waiting/").status_code == 403


def test_a_former_member_is_not_listed(
    case: Case, municipal_administrator: User, colleague: User, client_of: ClientOf
) -> None:
    browser = client_of(municipal_administrator)
    assert "Colleague" in browser.get("/waiting/").content.decode()
    colleague.memberships.update(valid_to="2026-11-01")
    assert "Colleague" not in browser.get("/waiting/").content.decode()


def test_deletions_and_exports_wait_for_somebody_else_than_who_asked(
    case: Case, municipal_administrator: User, leader: User, client_of: ClientOf
) -> None:
    now = timezone.now()
    DueList.objects.create(unit=case.unit, total=3, confirmed_at=now, confirmed_by=leader)
    PersonExport.objects.create(
        unit=case.unit, scope="all", purpose="Tilsyn", case_count=2, requested_at=now,
        requested_by=leader, file_state=FileState.NOT_YET,
    )  # fmt: skip
    page = client_of(municipal_administrator).get("/waiting/").content.decode()
    assert "1 list of cases to delete waits for a second person" in page
    assert "1 export of people waits for an approval" in page
    assert client_of(leader).get("/").context["waiting"] == []
