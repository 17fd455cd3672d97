"""Correct who the person is, and how to reach them, in a browser."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cases.accounts.models import User
from cases.casework.models import Case
from cases.people.forms import ContactForm, CorrectPersonForm
from cases.people.models import ContactPoint, SearchToken
from tests import factories
from tests.hostile import NOTHING, SCRIPT, WRONG_EVERYWHERE, WRONG_IN_OTHER_WAYS

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(adviser: User, client_of: ClientOf) -> Client:
    return client_of(adviser)


def typed(case: Case, **changes: Any) -> dict[str, str]:
    """The person as the page shows them, with these changes."""
    person = case.person
    return {
        "given_name": person.given_name, "family_name": person.family_name,
        "birth_date": person.birth_date.strftime("%d.%m.%Y"), "language": person.language,
        "interpreter_language": "", "protection": "none", "version": str(person.version),
    } | changes  # fmt: skip


def test_a_name_is_corrected(case: Case, browser: Client) -> None:
    sent = typed(case, family_name="Rogn", interpreter_language="somali")
    answer = browser.post(f"/cases/{case.pk}/person/", sent, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == case.get_absolute_url()
    assert "The details are corrected." in page
    assert "Testperson Rogn" in page
    assert "Interpreter: somali" in page


def test_a_colleagues_change_is_shown_beside_ones_own(
    case: Case, browser: Client, colleague: User, client_of: ClientOf
) -> None:
    theirs = typed(case, family_name="Selje", language="nn", birth_date="15.4.1998")
    client_of(factories.declare(colleague, case)).post(f"/cases/{case.pk}/person/", theirs)

    page = browser.post(f"/cases/{case.pk}/person/", typed(case, family_name="Rogn"))

    assert page.status_code == 409
    conflicts = {str(c["label"]): (c["theirs"], c["mine"]) for c in page.context["conflicts"]}
    assert conflicts == {
        "Family name": ("Selje", "Rogn"),
        "Birth date": ("15.04.1998", "14.04.1998"),
        "Language of letters and messages": ("Nynorsk", "Bokmål"),
    }
    shown = page.content.decode()
    assert 'value="Rogn"' in shown
    assert 'name="version" value="2"' in shown
    case.person.refresh_from_db()
    assert case.person.family_name == "Selje"

    again = typed(case, family_name="Rogn", version="2")
    assert browser.post(f"/cases/{case.pk}/person/", again).status_code == 302
    case.person.refresh_from_db()
    assert (case.person.family_name, case.person.version) == ("Rogn", 3)


def test_who_is_not_cleared_hands_a_protected_person_on(case: Case, browser: Client) -> None:
    sent = typed(case, protection="strictly")
    page = browser.post(f"/cases/{case.pk}/person/", sent, follow=True)
    assert page.redirect_chain[-1][0] == "/"
    assert "The person has a protected address now." in page.content.decode()
    assert case.person.full_name not in page.content.decode()
    assert not SearchToken.objects.filter(person=case.person).exists()
    assert browser.get(case.get_absolute_url()).status_code == 404


def test_who_is_cleared_stays_on_the_case(case: Case, cleared: User, client_of: ClientOf) -> None:
    factories.declare(cleared, case)
    sent = typed(case, protection="confidential")
    page = client_of(cleared).post(f"/cases/{case.pk}/person/", sent, follow=True)
    assert page.redirect_chain[-1][0] == case.get_absolute_url()
    assert "Confidential address" in page.content.decode()


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 30, "1\x00"])
def test_a_page_without_its_version_changes_nothing(
    case: Case, browser: Client, version: str
) -> None:
    sent = typed(case, family_name="Rogn", version=version)
    page = browser.post(f"/cases/{case.pk}/person/", sent)
    assert page.status_code == 422
    assert "ds-error-summary" in page.content.decode()
    case.person.refresh_from_db()
    assert case.person.family_name == "Furu"


def test_no_value_breaks_the_correction(case: Case) -> None:
    good = typed(case)
    assert CorrectPersonForm(good).is_valid()
    for field in good:
        for value in [*NOTHING, *WRONG_EVERYWHERE, *WRONG_IN_OTHER_WAYS]:
            form = CorrectPersonForm(good | {field: value})
            assert form.is_valid() or list(form.errors) == [field], (field, value)
            assert form[field].value() == value


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("mobile", "900 00 123", "+4790000123"),
        ("mobile", "+46 70 123 45 67", "+46701234567"),
        ("email", " Testperson@Example.NO ", "testperson@example.no"),
        ("address", "Skogveien 2", "Skogveien 2"),
    ],
)
def test_a_contact_is_added_as_the_program_keeps_it(
    case: Case, browser: Client, kind: str, value: str, kept: str
) -> None:
    before = set(ContactPoint.objects.values_list("pk", flat=True))
    sent = {"kind": kind, "value": value, "messages_allowed": "on", "shared": "on"}
    answer = browser.post(f"/cases/{case.pk}/contact/", sent, follow=True)
    point = ContactPoint.objects.exclude(pk__in=before).get()
    assert (point.value, point.messages_allowed, point.shared_with_others) == (kept, True, True)
    assert point.readable in answer.content.decode()
    assert "Others see this" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "value"), [("mobile", "12"), ("mobile", "a@b.no"), ("email", "900 00 123")]
)
def test_a_contact_of_the_wrong_kind_comes_back(
    case: Case, browser: Client, kind: str, value: str
) -> None:
    page = browser.post(f"/cases/{case.pk}/contact/", {"kind": kind, "value": value})
    assert page.status_code == 422
    assert "does not fit the kind" in str(page.context["form"].errors["value"])
    assert f'value="{value}"' in page.content.decode()
    assert ContactPoint.objects.filter(person=case.person).count() == 3


def test_no_value_breaks_a_contact() -> None:
    for value in [*NOTHING, *WRONG_EVERYWHERE, *WRONG_IN_OTHER_WAYS]:
        assert list(ContactForm({"kind": value, "value": "a@example.no"}).errors) == ["kind"]
        for kind in ("mobile", "email", "address"):
            form = ContactForm({"kind": kind, "value": value})
            if form.is_valid():  # eight digits with points between are a telephone number
                kept = form.contact().value
                assert kind == "address" or re.fullmatch(r"\+47\d{8}", kept), value
            assert set(form.errors) <= {"value"}, value


def test_a_withdrawn_contact_is_shown_no_more(case: Case, browser: Client) -> None:
    point = ContactPoint.objects.get(person=case.person, kind="email")
    address = f"/cases/{case.pk}/contact/{point.pk}/withdraw/"
    assert browser.get(address).status_code == 405
    page = browser.post(address, follow=True)
    assert "It is not used any more." in page.content.decode()
    assert point.value not in page.content.decode()
    assert browser.post(address).status_code == 404


def test_a_contact_of_another_case_is_not_there(
    case: Case, make_case: Callable[..., Case], browser: Client
) -> None:
    foreign = ContactPoint.objects.filter(person=make_case().person).first()
    assert foreign
    for point in (foreign.pk, uuid4()):
        assert browser.post(f"/cases/{case.pk}/contact/{point}/withdraw/").status_code == 404
    assert ContactPoint.objects.usable().filter(pk=foreign.pk).exists()


def test_a_hostile_name_is_shown_as_text(case: Case, browser: Client) -> None:
    page = browser.post(
        f"/cases/{case.pk}/person/", typed(case, given_name=SCRIPT), follow=True
    ).content.decode()
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
