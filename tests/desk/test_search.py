"""Find a case by what one has: a name, a number, a telephone. Never by an address or a log."""

import json
import logging

import pytest
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.desk.search import MOST_HITS
from cases.people.actions import ContactDetails, withdraw_contact_point
from cases.people.models import ContactPoint, IdentityNumber
from tests.desk.conftest import ClientOf, MakeCase
from tests.hostile import NOTHING, SCRIPT, WRONG_EVERYWHERE

pytestmark = pytest.mark.django_db
MOBILE = [ContactDetails("mobile", "+4790000999")]


def found(browser: Client, words: str) -> list[Case]:
    page = browser.post("/search/", {"words": words})
    assert page.status_code == 200
    return [row.case for row in page.context["rows"]]


def number_of(case: Case) -> str:
    return IdentityNumber.objects.get(person=case.person_id).digits


@pytest.fixture
def bjorn(make_case: MakeCase) -> Case:
    return make_case(given_name="Bjørn Åge", family_name="Testærfugl", contacts=MOBILE)


@pytest.mark.parametrize(
    "words",
    [
        "Bjørn", "bjorn", "BJØ", "bj", "åge", "age testær", "testaerf", "Testærfugl, Bjørn Åge",
        "900 00 999", "+47 90000999", "90000999",
    ],
)  # fmt: skip
def test_a_person_is_found_as_people_type_it(bjorn: Case, browser: Client, words: str) -> None:
    assert found(browser, words) == [bjorn]


@pytest.mark.parametrize("words", ["jørn", "fugl", "b", "", "  ", "bjørn gran", "90000998", "--"])
def test_what_does_not_begin_a_word_finds_nobody(bjorn: Case, browser: Client, words: str) -> None:
    assert found(browser, words) == []


def test_a_case_number_is_found_with_and_without_its_unit(case: Case, browser: Client) -> None:
    assert case.number == "FUR-2026-0001"
    for words in ("FUR-2026-0001", "fur-2026-0001", " 2026-1 ", "2026-0001", "FUR - 2026 - 0001"):
        assert found(browser, words) == [case], words
    for words in ("FUR-2026-0002", "GRA-2026-0001", "2025-0001", "2026-", "2026-9999999"):
        assert found(browser, words) == [], words


def test_an_identity_number_is_found_with_and_without_spaces(
    case: Case, make_case: MakeCase, browser: Client
) -> None:
    make_case()
    digits = number_of(case)
    for words in (digits, f"{digits[:6]} {digits[6:]}", f" {digits} "):
        assert found(browser, words) == [case]


def test_a_number_no_longer_used_finds_nobody(bjorn: Case, browser: Client, adviser: User) -> None:
    point = ContactPoint.objects.get(person=bjorn.person)
    withdraw_contact_point(point=point, by=adviser)
    assert found(browser, "90000999") == []


def test_every_case_of_a_person_is_found_the_newest_first(
    bjorn: Case, make_case: MakeCase, closed_case: MakeCase, browser: Client
) -> None:
    second = closed_case(person=bjorn.person)
    third = make_case(person=bjorn.person)
    assert found(browser, "bjørn") == [third, second, bjorn]


def test_a_protected_person_is_found_by_the_case_number_alone(
    make_case: MakeCase, cleared: User, client_of: ClientOf, browser: Client
) -> None:
    hidden = make_case(protection="strictly", family_name="Hemmelig", contacts=MOBILE)
    words = ("Hemmelig", "90000999", number_of(hidden))
    for user in (browser, client_of(cleared)):
        assert [found(user, word) for word in words] == [[], [], []]
    assert found(client_of(cleared), hidden.number) == [hidden]
    assert found(browser, hidden.number) == []


def test_another_unit_is_not_searched(bjorn: Case, outsider: User, client_of: ClientOf) -> None:
    theirs = client_of(outsider)
    for words in ("bjørn", "90000999", number_of(bjorn), bjorn.number):
        assert found(theirs, words) == []


def test_many_hits_are_cut_with_a_word_about_it(
    make_case: MakeCase, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_HITS == 50
    monkeypatch.setattr("cases.desk.search.MOST_HITS", 2)
    word = "More fit than are shown here."
    for expected in (1, 2):
        make_case()
        page = browser.post("/search/", {"words": "testperson"})
        assert len(page.context["rows"]) == expected
        assert word not in page.content.decode()
    newest = make_case()
    page = browser.post("/search/", {"words": "testperson"})
    assert [row.case for row in page.context["rows"]][0] == newest
    assert len(page.context["rows"]) == 2
    assert word in page.content.decode()


def test_a_name_many_have_is_cut_before_their_cases_are_read(
    make_case: MakeCase, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.desk.search.MOST_PEOPLE", 2)
    for _ in range(4):
        make_case()
    page = browser.post("/search/", {"words": "testperson"})
    assert len(page.context["rows"]) == 2
    assert "More fit than are shown here." in page.content.decode()


def test_no_hits_tell_what_to_try(browser: Client) -> None:
    page = browser.post("/search/", {"words": "Nesten"}).content.decode()
    assert "No hits among the cases you may see." in page
    assert 'value="Nesten"' in page


def test_no_words_break_the_search(bjorn: Case, browser: Client) -> None:
    for words in [*NOTHING, *WRONG_EVERYWHERE, "1" * 11, "²" * 11, "+" + "9" * 15, "X-1234-1"]:
        page = browser.post("/search/", {"words": words})
        assert page.status_code == 200
        assert SCRIPT.encode() not in page.content
        assert page.context["rows"] == [], words


def test_words_are_sent_in_no_address(browser: Client) -> None:
    assert browser.get("/search/", {"words": "Bjørn"}).status_code == 405
    page = browser.get("/cases/").content.decode()
    form = page.split('class="app-search"')[1].split("</form>")[0]
    assert 'method="post"' in page.split('class="app-search"')[1].split(">")[0]
    assert reverse("desk:search") in form


def test_words_are_in_no_log_and_who_was_found_is(
    bjorn: Case, browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        found(browser, "Testærfugl")
        found(browser, "Ukjentnavn")
    events = Event.objects.filter(action="cases.searched").order_by("at")
    assert [event.persons for event in events] == [[str(bjorn.person_id)], []]
    written = json.dumps([*Event.objects.values()], default=str) + caplog.text
    for word in ("Testærfugl", "testaerfugl", "Ukjentnavn"):
        assert word not in written
