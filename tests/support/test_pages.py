"""Every page of help, answers and closing: seen by whom, and with wrong, huge and hostile values."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.support.actions import close_case, offer_help, send_answer, withdraw_consent
from cases.support.models import AnswerToSender, Consent, Offer, Service
from cases.support.overview import answers_of, help_of
from cases.units.models import Unit
from tests.hostile import NOTHING, WRONG_EVERYWHERE
from tests.support.conftest import Meet, correct

ClientOf = Callable[[User], Client]
CASE_PAGES = [
    "help", "consent", "withdraw_consent", "offer", "answer", "sender_decision", "close",
]  # fmt: skip
OFFER_PAGES = ["reply", "result"]
FIELDS = {
    "consent": ["given_on", "expires_on", "was_shown"],
    "offer": ["service", "offered_on", "reply", "decline_reason", "follow_up_on"],
    "reply": ["version", "reply", "replied_on", "decline_reason", "follow_up_on"],
    "result": ["version", "result", "result_on", "follow_up_on"],
    "answer": ["shown", "sent_via"],
    "sender_decision": ["choice", "new_deadline_on", "decided_on"],
    "close": ["outcome", "deceased_on"],
}


def today(days: int = 0) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d.%m.%Y}"


@pytest.fixture
def offer(case: Case, consent: Consent, service: Service, adviser: User) -> Offer:
    return offer_help(
        case_id=case.pk, service=service, offered_on=timezone.localdate(), reply="accepted",
        decline_reason="", follow_up_on=None, by=adviser,
    )  # fmt: skip


@pytest.fixture
def browser(adviser: User, client_of: ClientOf) -> Client:
    return client_of(adviser)


def url(name: str, case: Case, offer: Offer | None = None) -> str:
    arguments = [case.pk, offer.pk] if name in OFFER_PAGES and offer else [case.pk]
    return reverse(f"support:{name}", args=arguments)


def good(name: str, case: Case, offer: Offer) -> dict[str, Any]:
    """What a person would type on this page."""
    return {
        "consent": {"given_on": today(), "expires_on": today(300), "was_shown": "on"},
        "offer": {"service": str(offer.service_id), "offered_on": today(), "reply": "thinking"},
        "reply": {"version": "1", "reply": "declined", "replied_on": today(),
                  "decline_reason": "not_now"},
        "result": {"version": "1", "result": "completed", "result_on": today()},
        "answer": {"shown": "x", "sent_via": "post"},
        "sender_decision": {"choice": "proceeding", "decided_on": today()},
        "close": {"outcome": "moved"},
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", CASE_PAGES + OFFER_PAGES)
def test_a_page_opens(name: str, accepted_case: Case, offer: Offer, browser: Client) -> None:
    response = browser.get(url(name, accepted_case, offer))
    assert response.status_code == 200
    assert accepted_case.number in response.content.decode()
    assert "style=" not in response.content.decode()


@pytest.mark.parametrize("name", [*CASE_PAGES, *OFFER_PAGES, "answer_page"])
def test_a_foreign_case_does_not_exist(
    name: str, case: Case, offer: Offer, outsider: User, client_of: ClientOf
) -> None:
    client = client_of(outsider)
    for method in (client.get, client.post):
        assert method(url(name, case, offer)).status_code == 404


@pytest.mark.parametrize("name", [*CASE_PAGES, *OFFER_PAGES, "answer_page"])
@pytest.mark.parametrize("who", ["figures_reader", "administrator"])
def test_who_sees_no_case_sees_no_page(
    name: str, who: str, case: Case, offer: Offer, client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client = client_of(request.getfixturevalue(who))
    assert client.get(url(name, case, offer)).status_code == 403


@pytest.mark.parametrize("name", OFFER_PAGES)
def test_an_offer_of_another_case_does_not_exist(
    name: str, make_case: Callable[..., Case], offer: Offer, browser: Client
) -> None:
    other = make_case()
    assert browser.get(url(name, other, offer)).status_code == 404
    assert browser.get(reverse(f"support:{name}", args=[other.pk, uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, fields in FIELDS.items() for field in fields]
)
def test_no_value_breaks_a_page(
    name: str, field: str, accepted_case: Case, offer: Offer, browser: Client
) -> None:
    """A sentence or a redirect, and never a script; what was typed well is still there."""
    for value in [*NOTHING, *WRONG_EVERYWHERE]:
        typed = good(name, accepted_case, offer) | {field: value}
        response = browser.post(url(name, accepted_case, offer), typed)
        assert response.status_code in (302, 409, 422), (value, response.status_code)
        assert b"<script>alert" not in response.content
        if response.status_code == 302:
            continue  # the field does not matter here, or the value is a good one
        assert b"ds-error-summary" in response.content


@pytest.mark.parametrize("name", FIELDS)
def test_an_empty_form_says_what_is_missing(
    name: str, accepted_case: Case, offer: Offer, browser: Client
) -> None:
    response = browser.post(url(name, accepted_case, offer), {})
    assert response.status_code == 422
    assert b"ds-error-summary" in response.content


@pytest.mark.parametrize("name", FIELDS)
def test_a_closed_case_refuses_with_a_sentence(
    name: str, accepted_case: Case, offer: Offer, browser: Client, adviser: User
) -> None:
    close_case(case_id=accepted_case.pk, outcome="returned", by=adviser)
    assert browser.get(url(name, accepted_case, offer)).status_code == 200
    response = browser.post(url(name, accepted_case, offer), good(name, accepted_case, offer))
    assert response.status_code == 422
    assert "closed" in response.content.decode()


def test_consent_then_offer_then_reply_then_result(
    accepted_case: Case, service: Service, browser: Client
) -> None:
    case = accepted_case
    consent_page = browser.get(url("consent", case)).content.decode()
    assert case.unit.neutral_name in consent_page
    typed = {"given_on": today(), "expires_on": today(100), "was_shown": "on"}
    assert browser.post(url("consent", case), typed).status_code == 302
    typed = {"service": str(service.pk), "offered_on": "i dag", "reply": "thinking"}
    assert browser.post(url("offer", case), typed).status_code == 302
    made = Offer.objects.get(case=case)
    typed = {"version": "1", "reply": "accepted", "replied_on": today(), "follow_up_on": today(9)}
    assert browser.post(url("reply", case, made), typed).status_code == 302
    typed = {"version": "2", "result": "completed", "result_on": today()}
    assert browser.post(url("result", case, made), typed).status_code == 302
    page = browser.get(url("help", case)).content.decode()
    assert "Youth contact" in page
    assert "completed" in page


def test_an_offer_without_consent_is_refused_at_the_field(
    case: Case, service: Service, browser: Client
) -> None:
    typed = {"service": str(service.pk), "offered_on": today(), "reply": "accepted"}
    response = browser.post(url("offer", case), typed)
    assert response.status_code == 422
    assert "No consent is in force" in response.content.decode()
    assert today() in response.content.decode()


def test_a_declined_offer_needs_its_reason(case: Case, offer: Offer, browser: Client) -> None:
    typed = good("reply", case, offer) | {"decline_reason": ""}
    response = browser.post(url("reply", case, offer), typed)
    assert "Choose a reason" in response.content.decode()


def test_a_service_of_another_unit_is_no_choice(
    case: Case, offer: Offer, other_unit: Unit, browser: Client
) -> None:
    foreign = Service.objects.create(unit=other_unit, name_nb="Hemmelig tjeneste")
    typed = good("offer", case, offer) | {"service": str(foreign.pk)}
    response = browser.post(url("offer", case), typed)
    assert response.status_code == 422
    assert "Hemmelig" not in response.content.decode()


def test_a_conflict_keeps_what_was_typed_and_shows_what_was_saved(
    case: Case, offer: Offer, browser: Client
) -> None:
    typed = good("result", case, offer)
    assert browser.post(url("result", case, offer), typed).status_code == 302
    response = browser.post(url("result", case, offer), typed | {"result": "stopped"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "A colleague changed this" in page
    assert 'value="2"' in page
    again = browser.post(url("result", case, offer), typed | {"result": "stopped", "version": "2"})
    assert again.status_code == 302


def test_a_consent_is_withdrawn_after_a_question(
    case: Case, consent: Consent, browser: Client
) -> None:
    browser.get(url("withdraw_consent", case))
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    assert browser.post(url("withdraw_consent", case)).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert "withdrew" in browser.get(url("help", case)).content.decode()
    assert browser.post(url("withdraw_consent", case)).status_code == 302


def _shown(page: str) -> str:
    return page.split('name="shown" value="')[1].split('"')[0]


def test_the_answer_is_shown_before_it_is_sent_and_printed_after(
    attended: Case, browser: Client
) -> None:
    preview = browser.get(url("answer", attended)).content.decode()
    assert not AnswerToSender.objects.exists()
    typed = {"shown": _shown(preview), "sent_via": "post"}
    response = browser.post(url("answer", attended), typed, follow=True)
    letter = response.content.decode().split("<article")[1].split("</article>")[0]
    assert letter in preview
    assert attended.number in letter
    assert attended.person.given_name not in letter
    assert browser.post(url("answer", attended), typed).status_code == 422
    assert AnswerToSender.objects.count() == 1


def test_an_answer_that_changed_is_shown_again(
    not_attended: Case, browser: Client, meet: Meet
) -> None:
    typed = {"shown": _shown(browser.get(url("answer", not_attended)).content.decode())}
    meet(not_attended, days_ago=1)
    response = browser.post(url("answer", not_attended), typed | {"sent_via": "post"})
    assert response.status_code == 422
    assert not AnswerToSender.objects.exists()
    fresh = _shown(response.content.decode())
    assert fresh != typed["shown"]
    assert (
        browser.post(url("answer", not_attended), {"shown": fresh, "sent_via": "post"}).status_code
        == 302
    )


def test_a_wrong_answer_is_corrected_on_the_same_page(
    accepted_case: Case, browser: Client, meet: Meet, adviser: User
) -> None:
    attendance = meet(accepted_case, "did_not_come")
    first = send_answer(case_id=accepted_case.pk, sent_via="post", by=adviser)
    correct(attendance, "attended")
    preview = browser.get(url("answer", accepted_case)).content.decode()
    assert "no longer holds" in preview
    browser.post(url("answer", accepted_case), {"shown": _shown(preview), "sent_via": "post"})
    assert AnswerToSender.objects.get(corrects=first).attended is True
    earlier = browser.get(url("answer_page", accepted_case), {"answer": str(first.pk)})
    assert earlier.status_code == 200


@pytest.mark.parametrize("wanted", ["nonsense", "\x00", str(uuid.UUID(int=7)), "9" * 5000])
def test_an_answer_that_is_not_there(attended: Case, browser: Client, wanted: str) -> None:
    assert browser.get(url("answer_page", attended)).status_code == 404
    assert browser.get(url("answer_page", attended), {"answer": wanted}).status_code == 404


def test_what_is_missing_stands_as_links(accepted_case: Case, browser: Client, meet: Meet) -> None:
    meet(accepted_case, "did_not_come")
    page = browser.get(url("close", accepted_case)).content.decode()
    assert f'href="{url("answer", accepted_case)}"' in page
    response = browser.post(url("close", accepted_case), {"outcome": "condition_met"})
    assert response.status_code == 422


def test_closing_ends_on_the_case(accepted_case: Case, browser: Client) -> None:
    response = browser.post(url("close", accepted_case), {"outcome": "moved"})
    assert (response.status_code, response.url) == (302, accepted_case.get_absolute_url())


def test_reading_help_is_logged(case: Case, browser: Client) -> None:
    browser.get(url("help", case))
    event = Event.objects.get(action="case.viewed")
    assert (event.purpose, event.persons) == ("support:help", [str(case.person_id)])


def test_the_overview_costs_three_queries_whatever_the_case_holds(
    attended: Case, offer: Offer, consent: Consent, service: Service, adviser: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for row in help_of(attended).offers:
                assert row.service.name, row.consent.pk
            for answer in answers_of(attended).answers:
                assert answer.sent_by.name
                getattr(answer, "corrected_by", None)
        return len(captured)

    queries()  # the person's own key, kept from here on
    few = queries()
    for _number in range(6):
        offer_help(
            case_id=attended.pk, service=service, offered_on=timezone.localdate(),
            reply="thinking", decline_reason="", follow_up_on=None, by=adviser,
        )  # fmt: skip
    send_answer(case_id=attended.pk, sent_via="post", by=adviser)
    assert queries() == few == 3


def test_a_withdrawn_consent_offers_no_steps(
    case: Case, offer: Offer, consent: Consent, browser: Client, adviser: User
) -> None:
    withdraw_consent(consent_id=consent.pk, by=adviser)
    page = browser.get(url("help", case)).content.decode()
    assert url("reply", case, offer) not in page
    response = browser.post(url("result", case, offer), good("result", case, offer))
    assert response.status_code == 422
