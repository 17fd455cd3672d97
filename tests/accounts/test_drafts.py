"""What is typed and not sent: kept sealed, for its owner alone, for thirty days."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.drafts import KEPT_FOR, LONGEST, as_post_data, delete_old_drafts, draft_of
from cases.accounts.models import Draft, User

pytestmark = pytest.mark.django_db

CANARY = "Kanarinavn Testdal"
NEW = UUID(int=0)


def save(browser: Client, about: UUID, form: str = "referral", **data: str) -> str:
    answer = browser.post(reverse("accounts:save_draft", args=[form, about]), data)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def browser(adviser: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(adviser)


def test_what_is_typed_comes_back(browser: Client, adviser: User) -> None:
    about = uuid4()
    save(browser, about, name=CANARY)
    draft = draft_of(adviser, "referral", str(about))
    assert draft is not None
    assert as_post_data(draft)["name"] == CANARY


def test_the_last_saved_wins_and_there_is_one(browser: Client, adviser: User) -> None:
    about = uuid4()
    save(browser, about, name="first")
    save(browser, about, name="second")
    assert Draft.objects.filter(owner=adviser).count() == 1
    draft = draft_of(adviser, "referral", str(about))
    assert draft is not None
    assert as_post_data(draft)["name"] == "second"


def test_a_draft_is_its_owners_alone(
    browser: Client, colleague: User, client_of: Callable[[User], Client]
) -> None:
    about = uuid4()
    save(browser, about, name=CANARY)
    assert draft_of(colleague, "referral", str(about)) is None
    client_of(colleague).post(reverse("accounts:delete_draft", args=["referral", about]))
    assert Draft.objects.count() == 1


def test_the_database_holds_no_word_of_it(browser: Client) -> None:
    save(browser, uuid4(), name=CANARY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_draft")
        [(stored,)] = cursor.fetchall()
    assert CANARY not in str(stored)
    assert CANARY.encode() not in bytes(stored if isinstance(stored, bytes | memoryview) else b"")


@pytest.mark.parametrize("name", ["csrfmiddlewaretoken", "password", "version"])
def test_secrets_and_versions_are_not_kept(browser: Client, adviser: User, name: str) -> None:
    about = uuid4()
    save(browser, about, **{name: "value", "name": CANARY})
    draft = draft_of(adviser, "referral", str(about))
    assert draft is not None
    assert name not in as_post_data(draft)


def test_nothing_is_kept_of_an_empty_form_a_huge_one_or_another(browser: Client) -> None:
    save(browser, uuid4(), name="")
    save(browser, uuid4(), name="x" * LONGEST)
    save(browser, uuid4(), form="anything", name=CANARY)
    assert not Draft.objects.exists()


def test_old_drafts_are_not_shown_and_then_deleted(browser: Client, adviser: User) -> None:
    about, young = uuid4(), uuid4()
    save(browser, about, name=CANARY)
    save(browser, young, name=CANARY)
    old = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    Draft.objects.filter(about=str(about)).update(saved_at=old)
    assert draft_of(adviser, "referral", str(about)) is None
    assert delete_old_drafts() == 1
    assert draft_of(adviser, "referral", str(young)) is not None


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/cases/", "/cases/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_deleting_leads_back_into_the_house(
    browser: Client, adviser: User, back: str, leads_to: str
) -> None:
    about = uuid4()
    save(browser, about, name=CANARY)
    answer = browser.post(
        reverse("accounts:delete_draft", args=["referral", about]), {"back": back}
    )
    assert (answer.status_code, answer["Location"]) == (302, leads_to)
    assert not Draft.objects.exists()
