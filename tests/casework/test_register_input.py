"""Register a referral with everything that can be wrong: a sentence at the field, nothing kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.accounts.models import User
from cases.casework.forms.finds import FindForm, FindFormSet
from cases.casework.forms.referral import ReferralForm
from cases.casework.models import Case, Substance
from cases.people.models import Person
from cases.units.models import Unit
from tests import factories
from tests.casework.typed import address, typed
from tests.hostile import (
    HALF_CHARACTER_SENT,
    MEGABYTE,
    NOTHING,
    SCRIPT,
    WRONG_EVERYWHERE,
    WRONG_IN_OTHER_WAYS,
)

pytestmark = pytest.mark.django_db
CHOSEN = {"mobile_messages", "mobile_shared", "email_messages", "email_shared", "use_existing"}
OPTIONAL = {"interpreter_language", "identity_number", "mobile", "email", "address", "assigned_to"}
FREE_TEXT = {
    "given_name", "family_name", "interpreter_language", "address", "found_where",
    "sender_reference",
}  # fmt: skip
AGAIN = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def browser(client_of: Callable[[User], Client], adviser: User) -> Client:
    return client_of(adviser)


@pytest.fixture
def fill_in(unit: Unit, adviser: User) -> Callable[[dict[str, Any]], ReferralForm]:
    basis = factories.basis_of(unit, "police_order")
    return lambda data: ReferralForm(data, unit=unit, basis=basis, by=adviser)


def kept_rows() -> dict[str, int]:
    """How many rows stand in every table of people and cases."""
    models = [*apps.get_app_config("people").get_models()]
    models += [*apps.get_app_config("casework").get_models()]
    return {model.__name__: model._base_manager.count() for model in models}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("identity_number", "1234", "You have written 4 digits"),
        ("identity_number", "abcdefghijk", "digits only"),
        ("identity_number", "01819012345", "control digits do not fit"),
        ("identity_number", "99999999999", "control digits do not fit"),
        ("identity_number", "31029012345", "are not a date"),
        ("birth_date", "31.02.1998", "This is not a date"),
        ("birth_date", "15.04.1998", "does not fit the identity number"),
        ("birth_date", "1.1.1899", "This is not a date"),
        ("received_on", "1.1.2099", "has not been yet"),
        ("received_on", "1.4.1998", "before the person was born"),
        ("received_on", "31.10.2026", "before the order was given"),
        ("deadline_on", "1.1.2020", "deadline comes before"),
        ("attendances_required", "0", "greater than or equal to 1"),
        ("attendances_required", "21", "less than or equal to 20"),
        ("attendances_required", "1,5", "whole number"),
        ("sender", "nonsense", "not one of the choices"),
        ("found_on", "1.1.2099", "has not been yet"),
        ("found_clock", "25.00", "This is not a time"),
        ("found_clock", "02.30", "does not exist"),
        ("ordered_clock", "02.30", "comes twice"),
        ("ordered_clock", "20.14", "The order can not come before the find"),
        ("ordered_how", "by_pigeon", "valid choice"),
        ("mobile", "12", "not a telephone number"),
        ("email", "at.no", "not an e-mail address"),
        ("family_name", "x" * 81, "at most 80 characters"),
        ("sender_reference", "x" * 61, "at most 60 characters"),
        ("found_where", "x" * 201, "at most 200 characters"),
        ("language", "se", "valid choice"),
        ("protection", "secret", "valid choice"),
        ("assigned_to", "1", "not one of the choices"),
    ],
)
def test_a_wrong_value_gets_a_sentence_at_its_field(
    browser: Client, unit: Unit, field: str, value: str, sentence: str
) -> None:
    days = {"does not exist": "29.03.2026", "comes twice": "25.10.2026"}
    day = {"found_on": days[sentence], "ordered_on": days[sentence]} if sentence in days else {}
    sent = typed(**day, **{field: value})
    before = kept_rows()
    page = browser.post(address(unit), sent)
    form = page.context["form"]
    assert page.status_code == 422
    assert list(form.errors) == [field]
    assert sentence in str(form.errors[field])
    assert f'href="#id_{field}"' in page.content.decode()
    shown = {name: form[name].value() for name in set(form.fields) & set(sent) - CHOSEN}
    assert shown == {name: sent[name] for name in shown}
    assert kept_rows() == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "-1", "Write a number"),
        ("amount", "0", "more than zero"),
        ("amount", "1234567", "too large"),
        ("amount", "0,0001", "too many decimals"),
        ("substance", "", "Choose the substance"),
        ("substance", "heroin", "valid choice"),
        ("use_only", "on", "Use only has no amount"),
        ("seizure_reference", "x" * 61, "at most 60 characters"),
    ],
)
def test_a_wrong_find_gets_a_sentence_in_its_line(
    browser: Client, unit: Unit, field: str, value: str, sentence: str
) -> None:
    sent = typed(**{f"finds-0-{field}": value})
    before = kept_rows()
    page = browser.post(address(unit), sent)
    line = page.context["finds"].forms[0]
    assert page.status_code == 422
    assert sentence in str(line.errors[field])
    assert f'href="#id_finds-0-{field}"' in page.content.decode()
    assert 'value="Rogn"' in page.content.decode()
    assert kept_rows() == before


def test_no_substance_and_the_same_twice_are_refused(browser: Client, unit: Unit) -> None:
    cannabis = typed()["finds-0-substance"]
    none = {"finds-0-substance": "", "finds-0-amount": "", "finds-0-confiscated": "",
            "finds-0-seizure_reference": ""}  # fmt: skip
    assert "at least one substance" in browser.post(address(unit), typed(**none)).content.decode()
    twice = typed(**{"finds-1-substance": cannabis, "finds-1-amount": "1"})
    page = browser.post(address(unit), twice).content.decode()
    assert "stands twice" in page
    assert 'href="#finds-error"' in page
    assert not Person.objects.exists()


def test_an_unknown_kind_may_stand_twice_and_asks(browser: Client, unit: Unit) -> None:
    unknown = {"finds-0-substance": "unknown", "finds-1-substance": "unknown"}
    assert browser.post(address(unit), typed(**unknown)).status_code == 302
    case = Case.objects.get()
    assert case.find_decision == "needed"
    assert case.referral.police_order.findings.filter(substance=None).count() == 2


@pytest.mark.parametrize("total", ["", "x", "-1", "13", "9999", "9" * 5000, "²"])
def test_a_wrong_number_of_lines_keeps_nothing(browser: Client, unit: Unit, total: str) -> None:
    sent = typed(**{"finds-TOTAL_FORMS": total})
    before = kept_rows()
    for more in ({}, {"more_finds": "1"}):
        page = browser.post(address(unit), sent | more)
        assert page.status_code == (200 if more else 422)
        assert len(page.context["finds"].forms) <= 12
    assert kept_rows() == before


def test_what_is_missing_is_told_at_its_field(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), {})
    form = page.context["form"]
    assert page.status_code == 422
    assert set(form.errors) == set(form.fields) - OPTIONAL - CHOSEN
    assert {tuple(said) for said in form.errors.values()} == {("Must be filled in.",)}


def test_no_value_breaks_a_field(fill_in: Callable[[dict[str, Any]], ReferralForm]) -> None:
    """Each value in each field by itself: a fault of this field, or a text that may be kept."""
    good = typed(identity_number="")
    assert fill_in(good).is_valid()
    for field in sorted(set(fill_in({}).fields) - CHOSEN):
        for value in [*NOTHING, *WRONG_EVERYWHERE, *WRONG_IN_OTHER_WAYS]:
            form = fill_in(good | {field: value})
            if form.is_valid():
                assert field in FREE_TEXT | OPTIONAL or value in ("00.00", "24.11.9999"), value
                continue
            assert field in form.errors, (field, value)
            assert form[field].value() == value


def test_no_value_breaks_a_line_of_a_find(law: None) -> None:
    substances = list(Substance.objects.all())
    good = {"substance": str(substances[0].pk), "amount": "1", "seizure_reference": "B-1"}
    assert FindForm(good, substances=substances).is_valid()
    for field in good:
        for value in [*NOTHING, *WRONG_EVERYWHERE, *WRONG_IN_OTHER_WAYS]:
            form = FindForm(good | {field: value}, substances=substances)
            assert form.is_valid() or field in form.errors or "substance" in form.errors, value


@pytest.mark.parametrize("value", WRONG_EVERYWHERE, ids=range(len(WRONG_EVERYWHERE)))
def test_the_same_value_in_every_field_at_once(browser: Client, unit: Unit, value: str) -> None:
    every = dict.fromkeys(typed(), value) | {"finds-TOTAL_FORMS": "2", "finds-INITIAL_FORMS": "0"}
    before = kept_rows()
    page = browser.post(address(unit), every)
    assert page.status_code == 422
    assert SCRIPT.encode() not in page.content
    assert kept_rows() == before


def test_a_hostile_text_is_kept_as_it_is_and_shown_as_text(browser: Client, unit: Unit) -> None:
    texts = dict.fromkeys(FREE_TEXT - {"interpreter_language"}, SCRIPT)
    answer = browser.post(address(unit), typed(**texts), follow=True)
    assert Person.objects.get().family_name == SCRIPT
    assert SCRIPT.encode() not in answer.content
    assert b"&lt;script&gt;" in answer.content


def test_half_a_character_becomes_a_sign_that_can_be_shown(browser: Client, unit: Unit) -> None:
    answer = browser.generic(
        "POST", address(unit), b"given_name=" + HALF_CHARACTER_SENT,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "\ufffd" in answer.content.decode()


def test_a_megabyte_comes_back_and_more_is_refused(browser: Client, unit: Unit) -> None:
    page = browser.post(address(unit), typed(found_where=MEGABYTE))
    assert page.status_code == 422
    assert page.context["form"]["found_where"].value() == MEGABYTE
    assert browser.post(address(unit), typed(found_where=MEGABYTE * 2)).status_code == 413
    assert not Person.objects.exists()


def test_of_a_doubled_key_the_last_counts(browser: Client, unit: Unit) -> None:
    doubled = {name: ["tull", value] for name, value in typed(found_where="Parken").items()}
    assert browser.post(address(unit), doubled).status_code == 302
    assert Case.objects.get().referral.police_order.found_where == "Parken"


def test_thousands_of_fields_are_refused(browser: Client, unit: Unit) -> None:
    many = {f"finds-{n}-amount": "1" for n in range(600)}
    assert browser.post(address(unit), typed(**many)).status_code == 413


def test_rows_of_another_unit_are_no_choice(
    browser: Client, unit: Unit, other_unit: Unit, outsider: User
) -> None:
    court = factories.make_sender("Retten", "court")
    sent = typed()
    before = kept_rows()
    for field, row in [("assigned_to", outsider), ("sender", court)]:
        page = browser.post(address(unit), sent | {field: str(row.pk)})
        assert "not one of the choices" in str(page.context["form"].errors[field])
    foreign_basis = factories.basis_of(other_unit, "waiver").pk
    for path in [
        f"/cases/new/{other_unit.pk}/{factories.basis_of(unit, 'police_order').pk}/",
        f"/cases/new/{other_unit.pk}/{foreign_basis}/",
        f"/cases/new/{unit.pk}/{foreign_basis}/",
    ]:
        assert browser.get(path).status_code == browser.post(path, typed()).status_code == 404
    assert kept_rows() == before


@AGAIN
@given(data=st.data())
def test_no_text_breaks_the_form(
    fill_in: Callable[[dict[str, Any]], ReferralForm], data: st.DataObject
) -> None:
    names = sorted(fill_in({}).fields)
    text = st.text(st.characters(), max_size=60)
    form = fill_in(data.draw(st.fixed_dictionaries(dict.fromkeys(names, text))))
    assert not form.is_valid()
    assert set(form.errors) <= set(names)


@AGAIN
@given(typed_in=st.dictionaries(st.sampled_from(["substance", "amount", "use_only"]), st.text()))
def test_no_text_breaks_the_lines(law: None, typed_in: dict[str, str]) -> None:
    lines = {f"finds-0-{name}": value for name, value in typed_in.items()}
    count = {"finds-TOTAL_FORMS": "1", "finds-INITIAL_FORMS": "0"}
    substances = list(Substance.objects.all()[:2])
    found = FindFormSet(lines | count, prefix="finds", form_kwargs={"substances": substances})
    assert not found.is_valid()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_text_breaks_the_page(browser: Client, unit: Unit, data: st.DataObject) -> None:
    names = [name for name in typed() if not name.endswith("_FORMS")]
    text = st.text(max_size=200)
    sent = typed() | data.draw(st.dictionaries(st.sampled_from(names), text, min_size=20))
    page = browser.post(address(unit), sent)
    assert page.status_code == 422
    assert not Person.objects.exists()
