"""Register a referral in a browser: what each legal basis asks, known people, and drafts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cases.accounts.drafts import KEPT_FOR, LONGEST, delete_old_drafts
from cases.accounts.models import Draft, User
from cases.accounts.roles import Role
from cases.casework.models import Case, PoliceOrder, UnitLawProfile
from cases.people.models import ContactPoint, Person
from cases.units.models import Unit
from tests import factories
from tests.casework.typed import address, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of: Callable[[User], Client], adviser: User) -> Client:
    return client_of(adviser)


def test_a_police_order_becomes_a_case(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), typed())
    case = Case.objects.get()
    assert (page.status_code, page.url) == (302, case.get_absolute_url())
    order = PoliceOrder.objects.get(referral=case.referral)
    assert order.found_where == "Testparken"
    finding = order.findings.get()
    assert (str(finding.amount), finding.seizure_reference) == ("4.500", "B-1")
    assert ContactPoint.objects.get(kind="mobile").value == "+4790000123"
    shown = browser.get(page.url).content.decode()
    assert "threshold 10 g" in shown
    assert "Prop. 92 L" in shown


FROM_SENDER = {"sender", "sender_reference", "deadline_on"}
ORDER = {"found_on", "found_clock", "found_where", "ordered_on", "ordered_clock", "ordered_how"}
WAIVER = FROM_SENDER | {"decided_on"}


@pytest.mark.parametrize(
    ("profile", "kind", "asked"),
    [
        ("no-2021-bill", "police_order", FROM_SENDER | ORDER),
        ("no-2021-bill", "transfer", WAIVER),
        ("no-2021-bill", "own_wish", set()),
        ("no-2022-law", "waiver", WAIVER),
        ("no-2022-law", "judgment", WAIVER),
        ("no-2022-law", "own_wish", set()),
    ],
)
def test_a_form_asks_just_what_its_basis_needs(
    client_of: Callable[[User], Client], law: None, profile: str, kind: str, asked: set[str]
) -> None:
    unit = factories.make_unit("Selje", profile=profile)
    browser = client_of(factories.make_user("selje", unit, Role.ADVISER))
    page = browser.get(address(unit, kind))
    assert set(page.context["form"].fields) & (WAIVER | ORDER) == asked
    assert (page.context["finds"] is not None) == (kind == "police_order")
    assert ("What was found" in page.content.decode()) == (kind == "police_order")


def test_only_bases_in_force_today_are_offered(browser: Client, unit: Unit) -> None:
    page = browser.get("/cases/new/").content.decode()
    assert "Police order to appear" in page
    assert "Condition in a judgment" not in page
    yesterday, was = timezone.localdate() - timedelta(days=1), address(unit)
    UnitLawProfile.objects.filter(unit=unit).update(valid_to=yesterday)
    assert "No law profile is in force" in browser.get("/cases/new/").content.decode()
    assert browser.get(was).status_code == 404


def test_an_own_wish_needs_no_sender(browser: Client, unit: Unit) -> None:
    wish = {
        k: v for k, v in typed().items() if not k.startswith(("finds", "sender", "order", "found"))
    }
    page = browser.post(address(unit, "own_wish"), wish | {"deadline_on": "31.12.2027"})
    assert page.status_code == 302
    case = Case.objects.get()
    assert (case.answers_sender, case.deadline_on, case.referral.sender) == (False, None, None)


def test_one_more_line_keeps_what_was_typed(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), typed(more_finds="1", birth_date="tull"))
    assert page.status_code == 200
    assert len(page.context["finds"].forms) == 3
    assert 'value="tull"' in page.content.decode()
    assert "ds-error-summary" not in page.content.decode()
    assert not Person.objects.exists()


def test_a_known_number_offers_the_person_we_have(
    browser: Client, unit: Unit, adviser: User
) -> None:
    browser.post(address(unit), typed())
    again = typed(sender_reference="2026-2", given_name="Annen")
    page = browser.post(address(unit), again)
    assert page.status_code == 422
    assert "belongs to Testperson Rogn" in page.content.decode()
    assert browser.post(address(unit), again | {"use_existing": "on"}).status_code == 302
    assert Person.objects.count() == 1
    assert Case.objects.count() == 2


def test_the_tick_for_the_same_person_survives_another_fault(browser: Client, unit: Unit) -> None:
    browser.post(address(unit), typed())
    again = typed(sender_reference="2026-2", use_existing="on", deadline_on="tull")
    page = browser.post(address(unit), again)
    assert page.status_code == 422
    assert 'name="use_existing"' in page.content.decode()


def test_a_new_number_of_a_person_we_have_is_kept(browser: Client, unit: Unit) -> None:
    browser.post(address(unit), typed())
    again = typed(sender_reference="2026-2", use_existing="on", mobile="900 00 124")
    assert browser.post(address(unit), again).status_code == 302
    points = ContactPoint.objects.filter(person=Person.objects.get())
    assert sorted(point.value for point in points) == ["+4790000123", "+4790000124", "Skogveien 1"]


def test_a_known_number_of_a_protected_person_names_nobody(
    browser: Client, unit: Unit, cleared: User, client_of: Callable[[User], Client]
) -> None:
    client_of(cleared).post(address(unit), typed(protection="strictly", family_name="Hemmelig"))
    page = browser.post(address(unit), typed(sender_reference="2026-2", family_name="Annen"))
    assert page.status_code == 422
    assert "Hemmelig" not in page.content.decode()
    assert "Ask your leader" in page.content.decode()


def test_the_same_reference_is_refused(browser: Client, unit: Unit) -> None:
    browser.post(address(unit), typed())
    page = browser.post(address(unit), typed(use_existing="on"))
    assert page.status_code == 422
    assert "registered for this person already" in page.content.decode()


def test_who_is_not_cleared_hands_a_protected_person_on(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), typed(protection="confidential"), follow=True)
    assert page.redirect_chain[-1][0] == "/"
    assert "protected address" in page.content.decode()
    assert "Rogn" not in page.content.decode()


def test_a_synthetic_number_is_refused_in_production(browser: Client, unit: Unit, settings) -> None:
    settings.PRODUCTION = True
    page = browser.post(address(unit), typed())
    assert page.status_code == 422
    assert "made-up number" in page.content.decode()


def test_a_draft_is_saved_sealed_continued_and_dropped(
    browser: Client, unit: Unit, adviser: User, colleague: User, client_of: Callable[[User], Client]
) -> None:
    basis = factories.basis_of(unit, "police_order").pk
    saved = browser.post(f"/account/drafts/referral/{basis}/", typed(family_name="Utkastnavn"))
    assert "Draft saved" in saved.content.decode()
    assert Draft.objects.get().owner == adviser
    assert "You have a draft" in browser.get(address(unit)).content.decode()
    assert "You have a draft" not in client_of(colleague).get(address(unit)).content.decode()
    continued = browser.get(address(unit) + "?continue=1")
    assert 'value="Utkastnavn"' in continued.content.decode()
    assert browser.post(address(unit), typed()).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_can_be_deleted(browser: Client, unit: Unit) -> None:
    basis = factories.basis_of(unit, "police_order").pk
    browser.post(f"/account/drafts/referral/{basis}/", typed())
    page = browser.post(
        f"/account/drafts/referral/{basis}/delete/", {"back": "https://elsewhere.no/"}
    )
    assert page.url == "/"
    assert not Draft.objects.exists()


def test_a_draft_is_sealed_and_its_owners_alone(
    browser: Client, unit: Unit, colleague: User, client_of: Callable[[User], Client]
) -> None:
    about = factories.basis_of(unit, "police_order").pk
    browser.post(f"/account/drafts/referral/{about}/", typed(family_name="Utkastnavn"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_draft")
        assert b"Utkastnavn" not in bytes(cursor.fetchone()[0])
    theirs = client_of(colleague)
    assert "Utkastnavn" not in theirs.get(f"{address(unit)}?continue=1").content.decode()
    theirs.post(f"/account/drafts/referral/{about}/delete/")
    assert Draft.objects.count() == 1


def test_an_empty_a_huge_and_an_unknown_form_leave_no_draft(browser: Client, unit: Unit) -> None:
    about = factories.basis_of(unit, "police_order").pk
    for form, sent in [
        ("referral", {"given_name": ""}),
        ("referral", {"given_name": "x" * LONGEST}),
        ("nonsense", {"given_name": "Testperson"}),
    ]:
        page = browser.post(f"/account/drafts/{form}/{about}/", sent)
        assert "Draft not saved!" in page.content.decode()
    assert not Draft.objects.exists()


def test_an_old_draft_is_not_offered_and_goes(browser: Client, unit: Unit) -> None:
    about = factories.basis_of(unit, "police_order").pk
    browser.post(f"/account/drafts/referral/{about}/", typed())
    Draft.objects.update(saved_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    assert "You have a draft" not in browser.get(address(unit)).content.decode()
    assert delete_old_drafts() == 1
