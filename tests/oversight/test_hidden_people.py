"""E5: the log tells a reader nothing of people whom they may not see, and nothing of their kin."""

import pytest
import time_machine
from django.test import Client

from cases.accounts.models import User
from cases.audit.models import Event, Tier
from cases.casework.models import Case
from cases.oversight.actions import (
    NotYoursToSign,
    keep_employee_contacts,
    sign_line,
)
from cases.oversight.lines import ReviewLine, ReviewList
from cases.oversight.models import MonthReview
from cases.oversight.review import review_list
from cases.oversight.signs import Sign
from cases.people.actions import ContactDetails, block, withdraw_contact_point
from cases.privacy.actions.restriction import restrict_processing
from tests import factories
from tests.oversight.conftest import ClientOf, MakeCase
from tests.oversight.test_case_log import look
from tests.oversight.test_review import LATER, NOVEMBER, page_of

pytestmark = pytest.mark.django_db

HOME = ContactDetails("address", "Testveien 1, 9999 Furu")
HIDDEN = "a person you may not see"
KIN = {Sign.SAME_SURNAME, Sign.SAME_CONTACT, Sign.OWN_RECORD}


@pytest.fixture
def protected(make_case: MakeCase) -> Case:
    return make_case(
        protection="strictly", assigned_to=None, family_name="Adviser", contacts=[HOME]
    )


@pytest.fixture
def employee(case: Case, leader: User) -> User:
    """Cleared, with the protected person's surname; the leader has guessed their address."""
    cleared = factories.make_user("cleared", case.unit, "adviser", cleared=True)
    User.objects.filter(pk=cleared.pk).update(name="Kari Adviser")
    contacts = {"address": HOME.value}
    keep_employee_contacts(unit=case.unit, user=cleared, contacts=contacts, by=leader)
    return cleared


def seen_by(reader: User, case: Case) -> ReviewList:
    return review_list(case.unit_id, NOVEMBER, User.objects.get(pk=reader.pk))


def signs_about(found: list[ReviewLine], case: Case) -> set[Sign]:
    return {sign for line in found if line.person == case.person_id for sign in line.signs}


def test_e5_the_review_is_no_oracle_for_a_protected_persons_address(
    protected: Case, employee: User, leader: User, client_of: ClientOf
) -> None:
    look(protected, employee, tier=Tier.DECLARED, reason="covering")
    page = client_of(leader).get(page_of(protected)).content.decode()
    assert HIDDEN in page
    assert protected.number not in page
    assert page.count("A colleague&#x27;s case") == 1
    assert signs_about(seen_by(leader, protected).lines, protected) == {Sign.DECLARED}
    leader.memberships.update(cleared_for_protected=True)
    page = client_of(leader).get(page_of(protected)).content.decode()
    assert protected.number in page
    assert HIDDEN not in page
    assert signs_about(seen_by(leader, protected).lines, protected) == {
        Sign.DECLARED, Sign.SAME_SURNAME, Sign.SAME_CONTACT,
    }  # fmt: skip


def test_e5_a_guess_changes_no_count_either(
    protected: Case, employee: User, leader: User, auditor: User
) -> None:
    """A line that stands there for its likeness alone would tell by standing there."""
    look(protected, employee)
    for reader in (leader, auditor):
        found = seen_by(reader, protected)
        assert (found.lines, found.for_others) == ([], [])
        assert sum(found.outcomes.values()) == 0


def test_e5_the_auditor_reads_numbers_and_no_likeness(
    protected: Case, employee: User, auditor: User, auditors_browser: Client
) -> None:
    look(protected, employee, tier=Tier.DECLARED)
    assert protected.number in auditors_browser.get(page_of(protected)).content.decode()
    assert signs_about(seen_by(auditor, protected).lines, protected) == {Sign.DECLARED}


def test_j5_a_restricted_person_is_compared_for_the_leader_alone(
    make_case: MakeCase, employee: User, leader: User, auditor: User
) -> None:
    case = make_case(contacts=[HOME])
    restrict_processing(person=case.person, reason="The person disputes it", by=leader)
    look(case, employee, tier=Tier.DECLARED)
    assert Sign.SAME_CONTACT in signs_about(seen_by(leader, case).lines, case)
    assert signs_about(seen_by(auditor, case).lines, case) == {Sign.DECLARED}


def test_a_contact_that_is_not_used_any_more_is_compared_for_nobody(
    make_case: MakeCase, employee: User, leader: User
) -> None:
    case = make_case(contacts=[HOME])
    look(case, employee)
    assert signs_about(seen_by(leader, case).lines, case) == {Sign.SAME_CONTACT}
    withdraw_contact_point(point=case.person.contact_points.get(), by=leader)
    assert seen_by(leader, case).lines == []


def test_e5_the_employees_log_has_no_number_of_a_hidden_case(
    protected: Case, case: Case, employee: User, leaders_browser: Client, client_of: ClientOf
) -> None:
    look(protected, employee)
    look(case, employee)
    page = leaders_browser.get(f"/log/employees/{employee.pk}/")
    lines = page.context["lines"]
    assert [(line.number, line.is_hidden) for line in lines] == [(case.number, False), ("", True)]
    shown = page.content.decode()
    assert HIDDEN in shown
    assert protected.number not in shown
    assert str(protected.pk) not in shown
    assert protected.number in client_of(employee).get("/log/mine/").content.decode()


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_a_block_beats_the_review(
    who: str, case: Case, adviser: User, colleague: User, request: pytest.FixtureRequest,
    client_of: ClientOf,
) -> None:  # fmt: skip
    reader = request.getfixturevalue(who)
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    line = seen_by(reader, case).lines[0]
    block(person=case.person, user=reader, reason="kin of the person", by=adviser)
    found = seen_by(reader, case)
    assert (found.lines, len(found.for_others)) == ([], 1)
    browser = client_of(reader)
    page = browser.get(page_of(case)).content.decode()
    assert "1 more line is about somebody whom you must not see" in page
    assert case.number not in page
    assert str(case.person_id) not in page
    assert Event.objects.get(action="review.viewed").persons == []
    answer = {"line": line.key, "outcome": "fine"}
    browser.post(page_of(case) + "line/", answer)
    with pytest.raises(NotYoursToSign):
        sign_line(
            unit=case.unit, actor_id=line.actor, person=line.person, day=line.day,
            outcome="fine", by=reader,
        )  # fmt: skip
    assert seen_by(reader, case).outcomes[""] == 1


def test_a_blocked_leaders_month_waits_for_somebody_else(
    case: Case, adviser: User, colleague: User, leader: User, auditor: User, client_of: ClientOf
) -> None:
    """In a unit of two: the auditor goes through the line, then either closes the month."""
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    block(person=case.person, user=leader, reason="kin of the person", by=adviser)
    with time_machine.travel(LATER):
        browser = client_of(leader)
        browser.post(page_of(case) + "off/")
        assert not MonthReview.objects.exists()
        line = seen_by(auditor, case).lines[0]
        sign_line(
            unit=case.unit, actor_id=line.actor, person=line.person, day=line.day,
            outcome="deviation", by=auditor,
        )  # fmt: skip
        browser.post(page_of(case) + "off/")
        month = MonthReview.objects.get()
        assert (month.lines, month.deviations, month.signed_by) == (1, 1, leader)


def test_a_guess_about_ones_kin_changes_no_count(
    make_case: MakeCase, adviser: User, employee: User, leader: User
) -> None:
    case = make_case(contacts=[HOME])
    look(case, employee)
    block(person=case.person, user=leader, reason="kin of the person", by=adviser)
    assert sum(seen_by(leader, case).outcomes.values()) == 0


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_a_block_beats_the_employees_log(
    who: str, case: Case, make_case: MakeCase, adviser: User, colleague: User,
    request: pytest.FixtureRequest, client_of: ClientOf,
) -> None:  # fmt: skip
    reader, other = request.getfixturevalue(who), make_case()
    address = f"/log/employees/{colleague.pk}/"
    look(case, colleague)
    look(other, colleague)
    page = client_of(reader).get(address).content.decode()
    assert case.number in page
    assert "is left out" not in page
    block(person=case.person, user=reader, reason="kin of the person", by=adviser)
    page = client_of(reader).get(address)
    assert [line.number for line in page.context["lines"]] == [other.number]
    assert [day.cases for day in page.context["days"]] == [1]
    shown = page.content.decode()
    assert case.number not in shown
    assert "is left out" in shown


def test_what_names_ones_kin_alone_is_left_out_too(
    case: Case, adviser: User, leader: User, leaders_browser: Client
) -> None:
    """Events about the person without a case, such as a correction."""
    withdraw_contact_point(point=case.person.contact_points.first(), by=adviser)
    words = "Stopped using a telephone, e-mail or address"
    address = f"/log/employees/{adviser.pk}/"
    assert words in leaders_browser.get(address).content.decode()
    block(person=case.person, user=leader, reason="kin of the person", by=adviser)
    assert words not in leaders_browser.get(address).content.decode()


def test_ones_own_log_has_no_number_of_ones_kin(
    case: Case, adviser: User, leader: User, browser: Client
) -> None:
    look(case, adviser)
    assert case.number in browser.get("/log/mine/").content.decode()
    block(person=case.person, user=adviser, reason="kin of the person", by=leader)
    page = browser.get("/log/mine/")
    assert case.number not in page.content.decode()
    assert HIDDEN in page.content.decode()
