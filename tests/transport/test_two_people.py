"""F11: two people change the same: one is kept, the other is told and loses no word."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.accounts.models import User
from cases.casework.models import Case
from tests.transport.forms import FORM_DATA, Form, forms_of

pytestmark = pytest.mark.django_db
Change = Callable[[str], HttpResponse]


@pytest.fixture
def opened_by_two(
    make_case: Callable[..., Case], adviser: User, coordinator: User
) -> tuple[Case, Change, Change]:
    """The same page opened by two people, each ready to send another family name."""
    case = make_case()
    case.assigned_to = None
    case.save()
    path = f"/cases/{case.pk}/person/"
    changes = []
    for user in (adviser, coordinator):
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(user)
        page = browser.get(path)
        form = next(f for f in forms_of(page.content.decode()) if "family_name" in f.fields)
        changes.append(_ready(browser, path, form))
    return case, changes[0], changes[1]


def _ready(browser: Client, path: str, form: Form) -> Change:
    def change(name: str) -> HttpResponse:
        data: dict[str, Any] = {**form.filled(), "family_name": name}
        return browser.post(path, urlencode(data, doseq=True), content_type=FORM_DATA)

    return change


def test_f11_the_second_is_told_and_nothing_is_lost(
    opened_by_two: tuple[Case, Change, Change],
) -> None:
    case, first, second = opened_by_two
    assert first("Testgran").status_code == 302
    told = second("Testfuru")
    assert told.status_code in (409, 422)
    shown = told.content.decode()
    assert "Testgran" in shown
    assert "Testfuru" in shown
    case.person.refresh_from_db()
    assert case.person.family_name == "Testgran"


def test_f11_the_other_order_is_the_same(opened_by_two: tuple[Case, Change, Change]) -> None:
    case, first, second = opened_by_two
    assert second("Testfuru").status_code == 302
    assert first("Testgran").status_code in (409, 422)
    case.person.refresh_from_db()
    assert case.person.family_name == "Testfuru"
