"""The case on one page: what has happened, what is next, by when and why."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import User
from cases.casework.actions import make_task, write_note
from cases.casework.models import Case
from cases.casework.states import STATES
from cases.desk.timeline import timeline_of
from cases.people.models import ContactPoint, IdentityNumber
from tests import factories
from tests.desk.conftest import ClientOf, MakeCase

pytestmark = pytest.mark.django_db


def page_of(case: Case, browser: Client) -> str:
    answer = browser.get(case.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_in_one_sentence_what_is_next(case: Case, browser: Client) -> None:
    page = page_of(case, browser)
    assert "The referral came in on 23 November 2026. Book an appointment by" in page
    assert f'href="{reverse("appointments:book", args=[case.pk])}"' in page
    assert page.count('class="sentence"') == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_sentence_is_in_the_readers_language(
    case: Case, adviser: User, client_of: ClientOf, language: str
) -> None:
    adviser.language = language
    adviser.save()
    answer = client_of(adviser).get(case.get_absolute_url())
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page
    assert answer["Content-Language"] == language
    words = {"nb": "Henvisningen", "nn": "Tilvisinga", "en": "The referral came in"}
    others = {word for code, word in words.items() if code != language}
    sentence = page.split('class="sentence">')[1].split("<")[0]
    assert words[language] in sentence
    assert not any(word in sentence for word in others)


def test_it_shows_who_it_is_and_how_they_are_reached(case: Case, browser: Client) -> None:
    page = page_of(case, browser)
    digits = IdentityNumber.objects.get().digits
    mobile = ContactPoint.objects.get(kind="mobile").readable
    for shown in (
        "Testperson Furu", "(28 years)", f"{digits[:6]} {digits[6:]}", "Skogveien 1, 0001 Furu",
        "@example.no", mobile, case.number, "Påtalemyndigheten Øst",
    ):  # fmt: skip
        assert shown in page, shown


@pytest.mark.parametrize(
    ("born_before", "tags"),
    [(18 * 366, []), (17 * 365, ["Under 18"]), (14 * 365, ["Under 18", "Under 15 when referred"])],
)
def test_children_are_marked(
    make_case: MakeCase, browser: Client, born_before: int, tags: list[str]
) -> None:
    born = timezone.localdate() - timedelta(days=born_before)
    page = page_of(make_case(birth_date=born, identity_number=False), browser)
    assert [tag for tag in ("Under 18", "Under 15 when referred") if tag in page] == tags


def test_notes_and_tasks_stand_on_it(case: Case, browser: Client, adviser: User) -> None:
    write_note(case_id=case.pk, text="Helst etter kl. 14", by=adviser)
    make_task(
        case_id=case.pk, unit_id=case.unit_id, kind="call_person", about=uuid4(), reason="too_late",
        due_at=timezone.now(), by=None,
    )  # fmt: skip
    page = page_of(case, browser)
    assert "Helst etter kl. 14" in page
    assert "Call the person" in page


def test_a_closed_case_offers_nothing_to_do(closed_case: MakeCase, browser: Client) -> None:
    page = page_of(closed_case(), browser)
    assert "The case was closed on 23 November 2026. Nothing more is to be done." in page
    for step in ("/book/", "/note/", "/close/", "/assign/", "/contact/", "/person/"):
        assert step not in page, step


def test_a_colleague_reads_all_and_passes_on_nothing_of_others(
    case: Case, colleague: User, client_of: ClientOf
) -> None:
    page = page_of(case, client_of(factories.declare(colleague, case)))
    assert "Write a note" in page
    assert f"/cases/{case.pk}/assign/" not in page


def test_the_timeline_is_newest_first_and_tells_no_false_clock(case: Case) -> None:
    happenings = timeline_of(case, [], [], [], [])
    assert [happening.title for happening in happenings] == ["Case opened", "Referral received"]
    assert [happening.at is None for happening in happenings] == [False, True]


def test_every_state_but_the_last_leads_to_its_step(case: Case) -> None:
    open_states = [state for state in STATES if state.code != "closed"]
    assert all(state.step for state in open_states)
    assert len({reverse(state.step_url, args=[case.pk]) for state in open_states}) >= 7
