"""C3: whatever ends badly leaves an event that says so, without content and without an address."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User
from cases.audit.models import INSTALLATION, Event, Outcome
from cases.audit.verify import all_broken_links
from cases.casework.models import Case
from cases.desk.views import case as case_page
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
CANARY = "Kanarifuru"


@pytest.fixture
def canary_case(make_case: Callable[..., Case]) -> Case:
    return make_case(given_name=CANARY, family_name=CANARY)


@pytest.fixture
def client(adviser: User) -> Client:
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    browser.force_login(adviser)
    return browser


def refusal() -> Event:
    """The one event about a refusal; it keeps no content."""
    event = Event.objects.get(action="request.refused")
    assert (event.target, event.persons, event.fields) == (None, [], [])
    assert CANARY not in repr(list(Event.objects.values_list()))
    assert "/" not in event.purpose
    assert all_broken_links() == []
    return event


@pytest.mark.parametrize(
    ("error", "status", "outcome"),
    [
        (RuntimeError(CANARY), 500, Outcome.FAILED),
        (OperationalError("canceling statement due to statement timeout"), 500, Outcome.FAILED),
        (TimeoutError(CANARY), 500, Outcome.FAILED),
        (PermissionDenied(CANARY), 403, Outcome.DENIED),
        (SuspiciousOperation(CANARY), 400, Outcome.FAILED),
    ],
    ids=["error", "database_time_out", "time_out", "denied", "suspicious"],
)
def test_c3_what_fails_after_the_view_has_read_is_told(
    client: Client, adviser: User, canary_case: Case, monkeypatch: pytest.MonkeyPatch,
    error: Exception, status: int, outcome: str,
) -> None:  # fmt: skip
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(case_page, "render", fail)
    response = client.get(f"/cases/{canary_case.pk}/")
    assert response.status_code == status
    assert CANARY.encode() not in response.content
    event = refusal()
    assert (event.outcome, event.actor, event.purpose) == (
        outcome,
        adviser.pk,
        f"{status} desk:case",
    )
    assert not Event.objects.filter(action="case.viewed").exists()


def test_c3_a_foreign_row_is_told(
    canary_case: Case, outsider: User, client_of: Callable[[User], Client]
) -> None:
    assert client_of(outsider).get(f"/cases/{canary_case.pk}/").status_code == 404
    event = refusal()
    assert (event.outcome, event.actor) == (Outcome.DENIED, outsider.pk)


def test_c3_a_denial_stands_in_the_log_of_each_unit_of_the_user(
    canary_case: Case, outsider: User, other_unit: Unit, client_of: Callable[[User], Client]
) -> None:
    third = factories.make_unit("Lia", profile="no-2021-bill")
    outsider.memberships.create(unit=third, role="adviser", valid_from="2020-01-01")
    assert client_of(outsider).get(f"/cases/{canary_case.pk}/").status_code == 404
    events = Event.objects.filter(action="request.refused", outcome=Outcome.DENIED)
    assert {(event.unit, event.actor) for event in events} == {
        (other_unit.pk, outsider.pk), (third.pk, outsider.pk),
    }  # fmt: skip
    assert len({event.request for event in events}) == 1
    assert all_broken_links() == []


def test_c3_a_denial_of_somebody_without_a_unit_stands_in_the_installations(
    canary_case: Case, administrator: User, client_of: Callable[[User], Client]
) -> None:
    assert client_of(administrator).get(f"/cases/{canary_case.pk}/").status_code == 403
    assert (refusal().unit, refusal().actor) == (INSTALLATION, administrator.pk)


def test_c3_a_form_filled_in_wrongly_is_no_refusal_for_the_leader(
    client: Client, canary_case: Case
) -> None:
    assert client.post(f"/cases/{canary_case.pk}/note/", {"text": ""}).status_code == 422
    assert refusal().unit == INSTALLATION


def test_c3_no_such_page_is_told_without_what_was_typed(client: Client) -> None:
    assert client.get(f"/{CANARY}/?name={CANARY}").status_code == 404
    assert refusal().purpose.strip() == "404"


def test_c3_a_method_not_allowed_is_told(client: Client, canary_case: Case) -> None:
    assert client.delete(f"/cases/{canary_case.pk}/").status_code == 405
    assert refusal().outcome == Outcome.DENIED


def test_c3_a_form_that_is_not_accepted_is_told_beside_the_reading(
    client: Client, canary_case: Case
) -> None:
    assert client.post(f"/cases/{canary_case.pk}/note/", {"text": ""}).status_code == 422
    event = refusal()
    assert event.outcome == Outcome.FAILED
    viewed = Event.objects.get(action="case.viewed")
    assert (viewed.outcome, viewed.request) == (Outcome.DONE, event.request)


def test_c3_a_form_without_its_token_is_told(adviser: User, canary_case: Case) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(adviser)
    path = f"/cases/{canary_case.pk}/note/"
    assert strict.post(path, {"text": CANARY}).status_code == 403
    assert refusal().outcome == Outcome.DENIED


@pytest.mark.parametrize(
    "broken",
    [
        {"headers": {"host": "elsewhere.example"}},
        {"content_type": "text/plain; charset=utf-7", "data": CANARY},
    ],
    ids=["host", "alphabet"],
)
def test_c3_what_is_refused_before_any_view_is_told(adviser: User, broken: dict[str, Any]) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(adviser)
    assert browser.post("/search/", **broken).status_code == 400
    event = refusal()
    assert (event.outcome, event.actor) == (Outcome.FAILED, None)


def test_c3_a_body_too_large_is_told(db: None, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    response = Client(raise_request_exception=False).post(
        reverse("account_login"), f"login={CANARY * 10}", "application/x-www-form-urlencoded"
    )
    assert response.status_code in (400, 413)
    assert refusal().outcome == Outcome.FAILED
