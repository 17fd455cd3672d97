"""Register a referral in a browser: every field, right and wrong, and nothing half-written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import Draft, User
from cases.casework.forms.referral import ReferralForm
from cases.casework.models import Case, PoliceOrder, Referral, Substance
from cases.core.identity_numbers import synthetic_number
from cases.people.models import ContactPoint, Person
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
BORN = factories.BIRTH_DATE
HOSTILE = ["\x00", "‮abc", "x" * 10_000, "😀" * 50, "' OR 1=1 --", "<script>x</script>"]


@pytest.fixture
def browser(client_of: Callable[[User], Client], adviser: User) -> Client:
    return client_of(adviser)


def address(unit: Unit, kind: str = "police_order") -> str:
    return f"/cases/new/{unit.pk}/{factories.basis_of(unit, kind).pk}/"


def typed(**changes: Any) -> dict[str, Any]:
    """A police order as an adviser would type it."""
    today = timezone.localdate().strftime("%d.%m.%Y")
    return {
        "sender": str(factories.make_sender("Politiet Øst", "police").pk),
        "sender_reference": "2026-1",
        "received_on": today,
        "deadline_on": "31.12.2027",
        "attendances_required": "1",
        "found_on": "1.11.2026", "found_clock": "20.15", "found_where": "Testparken",
        "ordered_on": "1.11.2026", "ordered_clock": "kl. 21", "ordered_how": "in_person",
        "identity_number": synthetic_number(BORN, 123), "birth_date": BORN.strftime("%d.%m.%Y"),
        "given_name": "Testperson", "family_name": "Rogn", "language": "nb",
        "interpreter_language": "", "protection": "none",
        "mobile": "900 00 123", "mobile_messages": "on", "email": "", "address": "Skogveien 1",
        "assigned_to": "",
        "finds-TOTAL_FORMS": "2", "finds-INITIAL_FORMS": "0",
        "finds-0-substance": str(Substance.objects.get(code="cannabis").pk),
        "finds-0-amount": "4,5", "finds-0-confiscated": "on", "finds-0-seizure_reference": "B-1",
        "finds-1-substance": "", "finds-1-amount": "",
    } | changes  # fmt: skip


def nothing_is_kept() -> bool:
    return not (Person.objects.exists() or Referral.objects.exists() or Case.objects.exists())


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


@pytest.mark.parametrize(
    ("kind", "there", "gone"),
    [
        ("police_order", {"sender", "found_on", "deadline_on"}, {"decided_on"}),
        ("transfer", {"sender", "decided_on", "deadline_on"}, {"found_on"}),
        ("own_wish", {"received_on"}, {"sender", "sender_reference", "deadline_on", "found_on"}),
    ],
)
def test_a_form_asks_what_its_basis_needs(
    browser: Client, unit: Unit, kind: str, there: set[str], gone: set[str]
) -> None:
    fields = set(browser.get(address(unit, kind)).context["form"].fields)
    assert there <= fields
    assert not gone & fields


def test_an_own_wish_needs_no_sender(browser: Client, unit: Unit) -> None:
    wish = {
        k: v for k, v in typed().items() if not k.startswith(("finds", "sender", "order", "found"))
    }
    page = browser.post(address(unit, "own_wish"), wish | {"deadline_on": "31.12.2027"})
    assert page.status_code == 302
    case = Case.objects.get()
    assert (case.answers_sender, case.deadline_on, case.referral.sender) == (False, None, None)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("identity_number", "1234", "You have written 4 digits"),
        ("identity_number", "abcdefghijk", "digits only"),
        ("identity_number", "01819012345", "control digits do not fit"),
        ("birth_date", "31.02.1998", "This is not a date"),
        ("birth_date", "15.04.1998", "does not fit the identity number"),
        ("birth_date", "", "Must be filled in"),
        ("received_on", "1.1.2027", "has not been yet"),
        ("deadline_on", "1.1.2020", "deadline comes before"),
        ("attendances_required", "0", "greater than or equal to 1"),
        ("attendances_required", "99", "less than or equal to 20"),
        ("sender", "nonsense", "not one of the choices"),
        ("sender_reference", "", "Must be filled in"),
        ("found_clock", "25.00", "This is not a time"),
        ("found_clock", "23.30", "The order can not come before the find"),
        ("mobile", "12", "not a telephone number"),
        ("email", "at.no", "not an e-mail address"),
        ("given_name", "", "Must be filled in"),
        ("family_name", "x" * 81, "at most 80 characters"),
        ("protection", "secret", "valid choice"),
        ("finds-0-amount", "-1", "Write a number"),
        ("finds-0-amount", "0", "more than zero"),
        ("finds-0-amount", "1234567", "too large"),
        ("finds-0-substance", "", "Choose the substance"),
        ("finds-0-use_only", "on", "Use only has no amount"),
        ("finds-TOTAL_FORMS", "x", ""),
        ("finds-TOTAL_FORMS", "9999", ""),
    ],
)
def test_a_wrong_value_gets_a_sentence_and_nothing_is_kept(
    browser: Client, unit: Unit, field: str, value: str, sentence: str
) -> None:
    page = browser.post(address(unit), typed(**{field: value}))
    assert page.status_code == 422
    shown = page.content.decode()
    assert sentence in shown
    assert 'value="Rogn"' in shown or field == "family_name"
    assert nothing_is_kept()


def test_a_find_on_the_hour_that_does_not_exist_is_refused(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), typed(found_on="29.03.2026", found_clock="02.30"))
    assert page.status_code == 422
    assert "does not exist" in page.content.decode()


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_the_page(browser: Client, unit: Unit, value: str) -> None:
    """The same hostile value in every field at once, and in each text field of its own."""
    fields = [name for name in typed() if not name.startswith("finds-TOTAL")]
    every = typed(**dict.fromkeys(fields, value))
    assert browser.post(address(unit), every).status_code == 422
    for field in ("given_name", "sender_reference", "found_where", "finds-0-seizure_reference"):
        page = browser.post(address(unit), typed(**{field: value}))
        assert page.status_code in (302, 422), field
        assert b"<script>x" not in page.content


def test_half_a_character_is_refused_by_the_form(unit: Unit, adviser: User) -> None:
    basis = factories.basis_of(unit, "police_order")
    form = ReferralForm(typed(given_name="\ud800"), unit=unit, basis=basis, by=adviser)
    assert "character that can not be kept" in str(form.errors["given_name"])


def test_no_substance_and_the_same_twice_are_refused(browser: Client, unit: Unit) -> None:
    cannabis = typed()["finds-0-substance"]
    none = {"finds-0-substance": "", "finds-0-amount": "", "finds-0-confiscated": "",
            "finds-0-seizure_reference": ""}  # fmt: skip
    assert "at least one substance" in browser.post(address(unit), typed(**none)).content.decode()
    twice = typed(**{"finds-1-substance": cannabis, "finds-1-amount": "1"})
    assert "stands twice" in browser.post(address(unit), twice).content.decode()
    assert nothing_is_kept()


def test_one_more_line_keeps_what_was_typed(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), typed(more_finds="1", birth_date="tull"))
    assert page.status_code == 200
    assert len(page.context["finds"].forms) == 3
    assert 'value="tull"' in page.content.decode()
    assert nothing_is_kept()


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


def test_a_foreign_adviser_or_sender_kind_is_no_choice(
    browser: Client, unit: Unit, outsider: User
) -> None:
    court = factories.make_sender("Retten", "court")
    for changes in ({"assigned_to": str(outsider.pk)}, {"sender": str(court.pk)}):
        assert browser.post(address(unit), typed(**changes)).status_code == 422
    assert nothing_is_kept()


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
