"""C10: every broken glass is looked at by somebody else within seven days, and silence is an alarm."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.accounts.models import User
from cases.audit.models import Event
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.people.actions import GlassStillOpen, block, break_glass, end_glass, review_glass
from cases.people.models import BreakGlass
from tests import factories
from tests.oversight.conftest import ClientOf, MakeCase

pytestmark = pytest.mark.django_db

REASON = "Testperson Furu called and is in danger"
ANSWER = {"outcome": "justified", "note": "Asked the adviser and the leader on call."}


@pytest.fixture
def protected(make_case: MakeCase) -> Case:
    return make_case(protection="strictly", assigned_to=None, given_name="Hemmelig")


@pytest.fixture
def glass(protected: Case, adviser: User) -> BreakGlass:
    broken = break_glass(
        person=protected.person, case_number=protected.number, reason=REASON, by=adviser
    )
    with recorded():
        record(
            "case.viewed", by=adviser, unit=protected.unit_id, target=protected,
            persons=[protected.person_id], tier="break_glass", purpose="desk:case",
        )  # fmt: skip
    end_glass(by=adviser)
    return broken


def page_of(glass: BreakGlass) -> str:
    return f"/log/glasses/{glass.pk}/"


@pytest.mark.parametrize("who", ["leader", "auditor", "municipal_administrator"])
def test_c10_they_are_told_at_once_on_their_start_page(
    who: str, glass: BreakGlass, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    page = client_of(request.getfixturevalue(who)).get("/", follow=True).content.decode()
    assert "1 broken glass to review" in page
    assert "Hemmelig" not in page
    assert REASON not in page


@pytest.mark.parametrize("who", ["leader", "auditor", "municipal_administrator"])
def test_c10_somebody_else_signs_without_content(
    who: str, glass: BreakGlass, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    """The leader is not cleared, the others see no case: number, times and actions are enough."""
    user = request.getfixturevalue(who)
    browser = client_of(user)
    assert glass.case_number in browser.get("/log/glasses/").content.decode()
    page = browser.get(page_of(glass)).content.decode()
    for words in (glass.case_number, "Adviser", "Opened the case"):
        assert words in page
    for content in ("Hemmelig", REASON):
        assert content not in page
    assert browser.post(page_of(glass), ANSWER).status_code == 302
    glass.refresh_from_db()
    assert (glass.reviewed_by, glass.review_outcome) == (user, "justified")
    assert Event.objects.get(action="glass.reviewed").actor == user.pk
    assert "Everything is reviewed." in browser.get("/log/glasses/").content.decode()


def test_a_leader_who_may_see_the_person_reads_the_reason(
    glass: BreakGlass, leader: User, leaders_browser: Client
) -> None:
    leader.memberships.update(cleared_for_protected=True)
    assert REASON in leaders_browser.get(page_of(glass)).content.decode()


def test_c10_nobody_reviews_their_own(
    protected: Case, leader: User, leaders_browser: Client
) -> None:
    broken = break_glass(
        person=protected.person, case_number=protected.number, reason=REASON, by=leader
    )
    assert "broken glass to review" not in leaders_browser.get("/").content.decode()
    assert "Sign the review" not in leaders_browser.get(page_of(broken)).content.decode()
    answer = leaders_browser.post(page_of(broken), ANSWER)
    assert answer.status_code == 422
    broken.refresh_from_db()
    assert broken.reviewed_at is None


def test_c10_nothing_is_reviewed_before_it_has_ended(
    protected: Case, adviser: User, auditor: User, auditors_browser: Client, client_of: ClientOf,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    """A colleague who signs after five minutes would leave the remaining hours to nobody."""
    broken = break_glass(
        person=protected.person, case_number=protected.number, reason=REASON, by=adviser
    )
    clock.shift(timedelta(minutes=5))
    page = auditors_browser.get(page_of(broken)).content.decode()
    assert "The glass is still open" in page
    assert "Sign the review" not in page
    answer = auditors_browser.post(page_of(broken), ANSWER)
    assert "Review it when it is closed." in answer.content.decode()
    clock.shift(timedelta(hours=3, minutes=54, seconds=59))
    with pytest.raises(GlassStillOpen):
        review_glass(glass_id=broken.pk, outcome="justified", note="Asked", by=auditor)
    clock.shift(timedelta(seconds=1))
    later = client_of(auditor)  # the first one's session has ended meanwhile
    assert "Sign the review" in later.get(page_of(broken)).content.decode()
    assert later.post(page_of(broken), ANSWER).status_code == 302
    broken.refresh_from_db()
    assert broken.reviewed_by == auditor


def test_c10_what_was_closed_early_is_reviewed_at_once(
    glass: BreakGlass, auditors_browser: Client
) -> None:
    assert "still open" not in auditors_browser.get(page_of(glass)).content.decode()
    assert auditors_browser.post(page_of(glass), ANSWER).status_code == 302


def test_being_looked_into_is_no_answer(glass: BreakGlass, auditors_browser: Client) -> None:
    answer = auditors_browser.post(page_of(glass), {**ANSWER, "outcome": "unclear"})
    assert answer.status_code == 422
    assert auditors_browser.post(page_of(glass), {"outcome": "justified"}).status_code == 422


def test_it_is_signed_once(
    glass: BreakGlass, auditor: User, auditors_browser: Client, leaders_browser: Client
) -> None:
    auditors_browser.post(page_of(glass), ANSWER)
    answer = leaders_browser.post(page_of(glass), ANSWER)
    assert answer.status_code == 422
    glass.refresh_from_db()
    assert glass.reviewed_by == auditor


@pytest.mark.parametrize(("days", "is_late"), [(7, False), (8, True)])
def test_c10_on_the_eighth_day_the_municipal_administrator_is_alarmed(
    glass: BreakGlass, municipal_administrator: User, client_of: ClientOf,
    clock: time_machine.Traveller, days: int, is_late: bool, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    clock.shift(timedelta(days=days))
    page = client_of(municipal_administrator).get("/waiting/")
    assert [line.is_late for line in page.context["waiting"]] == [is_late]
    alarm = "1 broken glass was not reviewed within 7 days"
    assert (alarm in page.content.decode()) is is_late
    assert glass.case_number not in page.content.decode()
    health = client_of(municipal_administrator).get("/readyz").json()
    assert ("glasses_not_reviewed" in health["alarms"]) is is_late
    call_command("selfcheck")
    assert ("1 broken glasses were not reviewed" in capsys.readouterr().err) is is_late


def test_a_block_hides_it_from_the_reviewer(
    glass: BreakGlass, leader: User, leaders_browser: Client, adviser: User
) -> None:
    block(person=glass.person, user=leader, reason="kin of the person", by=adviser)
    assert leaders_browser.get(page_of(glass)).status_code == 404
    assert glass.case_number not in leaders_browser.get("/log/glasses/").content.decode()


def test_another_units_glass_is_none(
    glass: BreakGlass, outsider: User, client_of: ClientOf
) -> None:
    assert client_of(outsider).get(page_of(glass)).status_code == 404
    assert glass.case_number not in client_of(outsider).get("/log/glasses/").content.decode()


def test_looking_at_it_is_in_the_log(
    glass: BreakGlass, auditor: User, auditors_browser: Client
) -> None:
    auditors_browser.get(page_of(glass))
    event = Event.objects.get(action="glass.review_viewed")
    assert (event.actor, event.persons) == (auditor.pk, [str(glass.person_id)])


def test_the_list_costs_the_same_with_2_and_with_20(
    make_case: MakeCase, auditors_browser: Client
) -> None:
    counts = []
    for number, more in enumerate((2, 18)):
        for index in range(more):
            case = make_case()
            user = factories.make_user(f"breaker{number}{index}", case.unit, "adviser")
            break_glass(person=case.person, case_number=case.number, reason=REASON, by=user)
        auditors_browser.get("/log/glasses/")
        with CaptureQueriesContext(connection) as captured:
            auditors_browser.get("/log/glasses/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
