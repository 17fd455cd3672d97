"""Protection of address: who may make it weaker, and who has the case from then on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.actions import NotCleared, assign, break_glass_on_case, correct_person_of
from cases.casework.models import Case
from cases.people.actions import NotClearedToLower, PersonDetails, correct_person
from cases.people.forms import DETAIL_FIELDS
from cases.people.models import Person
from cases.units.models import Unit
from tests.casework.typed import address, typed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
MakeCase = Callable[..., Case]
REASON = "Ringte fra legevakten og trenger svar nå"


def details_of(person: Person, **changes: Any) -> PersonDetails:
    return PersonDetails(**{name: getattr(person, name) for name in DETAIL_FIELDS} | changes)


def typed_for(person: Person, **changes: Any) -> dict[str, Any]:
    born = person.birth_date.strftime("%d.%m.%Y")
    now = vars(details_of(person)) | {"birth_date": born, "version": person.version}
    return now | changes


@pytest.fixture
def hidden(make_case: MakeCase) -> Case:
    return make_case(protection="strictly")


@pytest.mark.parametrize("weaker", ["none", "confidential"])
def test_broken_glass_takes_no_protection_away(
    hidden: Case, adviser: User, client_of: ClientOf, weaker: str
) -> None:
    browser = client_of(adviser)
    adviser.refresh_from_db()
    break_glass_on_case(number=hidden.number, reason=REASON, by=adviser)
    page = f"/cases/{hidden.pk}/person/"
    assert f'value="{weaker}"' not in browser.get(page).content.decode()

    answer = browser.post(page, typed_for(hidden.person, protection=weaker, family_name="Rogn"))

    assert answer.status_code == 422
    assert "cleared for protected" in str(answer.context["form"].errors["protection"])
    hidden.person.refresh_from_db()
    assert (hidden.person.protection, hidden.person.family_name) == ("strictly", "Furu")
    with pytest.raises(NotClearedToLower):
        details = details_of(hidden.person, protection=weaker)
        correct_person(person=hidden.person, details=details, by=adviser)


def test_broken_glass_corrects_the_rest(hidden: Case, adviser: User, client_of: ClientOf) -> None:
    browser = client_of(adviser)
    adviser.refresh_from_db()
    break_glass_on_case(number=hidden.number, reason=REASON, by=adviser)
    sent = typed_for(hidden.person, family_name="Rogn")
    assert browser.post(f"/cases/{hidden.pk}/person/", sent).status_code == 302
    hidden.person.refresh_from_db()
    assert (hidden.person.protection, hidden.person.family_name) == ("strictly", "Rogn")


def test_who_is_cleared_takes_it_away(hidden: Case, cleared: User, client_of: ClientOf) -> None:
    page, browser = f"/cases/{hidden.pk}/person/", client_of(cleared)
    assert 'value="none"' in browser.get(page).content.decode()
    assert browser.post(page, typed_for(hidden.person, protection="none")).status_code == 302
    assert not Person.objects.get(pk=hidden.person_id).is_protected


def test_who_is_not_cleared_is_given_no_protected_case(
    hidden: Case, adviser: User, cleared: User, client_of: ClientOf
) -> None:
    with pytest.raises(NotCleared):
        assign(case_id=hidden.pk, adviser=adviser, by=cleared)
    page = client_of(cleared).post(f"/cases/{hidden.pk}/assign/", {"adviser": str(adviser.pk)})
    assert page.status_code == 422
    assert "not cleared" in str(page.context["form"].errors["adviser"])
    assert assign(case_id=hidden.pk, adviser=cleared, by=cleared).assigned_to == cleared


def test_who_is_not_cleared_hands_back_every_case_of_the_protected(
    case: Case, make_case: MakeCase, adviser: User, cleared: User, client_of: ClientOf
) -> None:
    another = make_case(person=case.person, basis="own_wish")
    theirs = make_case(person=case.person, basis="own_wish", assigned_to=cleared)
    sent = typed_for(case.person, protection="confidential")
    client_of(adviser).post(f"/cases/{case.pk}/person/", sent)
    waiting = client_of(cleared).get("/cases/?scope=unassigned").content.decode()
    for handed_back in (case, another):
        handed_back.refresh_from_db()
        assert handed_back.assigned_to is None
        assert handed_back.number in waiting
        given = Event.objects.filter(action="case.assigned", target=handed_back.pk)
        assert given.latest("sequence").actor == adviser.pk
    theirs.refresh_from_db()
    assert theirs.assigned_to == cleared


def test_a_failing_audit_write_protects_nobody_and_hands_nothing_back(
    case: Case, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        details = details_of(case.person, protection="strictly")
        correct_person_of(case=case, details=details, by=adviser)
    case.refresh_from_db()
    assert case.assigned_to == adviser
    assert not Person.objects.get(pk=case.person_id).is_protected


def test_a_protected_person_is_registered_for_who_is_cleared_or_nobody(
    unit: Unit, adviser: User, cleared: User, client_of: ClientOf
) -> None:
    browser = client_of(adviser)
    protected = typed(protection="strictly", assigned_to=str(adviser.pk))
    page = browser.post(address(unit), protected)
    assert page.status_code == 422
    assert "not cleared" in str(page.context["form"].errors["assigned_to"])
    assert not Case.objects.exists()
    browser.post(address(unit), protected | {"assigned_to": str(cleared.pk)})
    assert Case.objects.get().assigned_to == cleared


def test_a_clearance_that_is_over_counts_no_more(hidden: Case, cleared: User, leader: User) -> None:
    cleared.memberships.update(cleared_for_protected=False)
    with pytest.raises(NotCleared):
        assign(case_id=hidden.pk, adviser=User.objects.get(pk=cleared.pk), by=leader)
