"""C3, C10: who is refused again and again is seen by those who go through the log."""

from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from cases.accounts.models import User
from cases.audit.models import Event
from cases.oversight.models import MANY_REFUSALS_A_DAY, LineReview
from cases.units.models import Unit
from tests.oversight.conftest import ClientOf

pytestmark = pytest.mark.django_db
LIST = "/log/review/{}/2026/11/"
SIGN = "20 or more pages refused"


def try_ids(browser: Client, times: int) -> None:
    for _ in range(times):
        assert browser.get(f"/cases/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_c3_a_refusal_is_in_the_employees_log(
    who: str, adviser: User, browser: Client, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    try_ids(browser, 1)
    page = client_of(request.getfixturevalue(who)).get(f"/log/employees/{adviser.pk}/")
    line = page.context["lines"][0]
    assert (str(line.what), line.was_refused) == ("Was refused a page", True)
    own = browser.get("/log/mine/").context["lines"][0]
    assert (str(own.what), own.was_refused) == ("Was refused a page", True)


def test_c10_many_refusals_in_a_day_are_a_line_of_the_month(
    unit: Unit, browser: Client, auditor: User, auditors_browser: Client,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    try_ids(browser, MANY_REFUSALS_A_DAY - 1)
    assert auditors_browser.get(LIST.format(unit.pk)).context["count"] == 0
    try_ids(browser, 1)
    page = auditors_browser.get(LIST.format(unit.pk))
    assert (page.context["count"], page.context["unsigned"]) == (1, 1)
    shown = page.content.decode()
    assert SIGN in shown.split("<table")[1].split("</table")[0]
    line = page.context["page"].object_list[0]
    assert (line.who, line.looks) == ("Adviser", MANY_REFUSALS_A_DAY)
    assert Event.objects.filter(action="review.viewed").newest_first()[0].persons == []
    body = {"line": line.key, "outcome": "deviation"}
    auditors_browser.post(LIST.format(unit.pk) + "line/", body)
    assert LineReview.objects.get().reviewed_by == auditor
    assert auditors_browser.get(LIST.format(unit.pk)).context["unsigned"] == 0
    clock.shift(60)
    try_ids(browser, 1)
    assert auditors_browser.get(LIST.format(unit.pk)).context["unsigned"] == 1


def test_c3_another_units_refusals_are_not_shown(
    unit: Unit, outsider: User, client_of: ClientOf, auditors_browser: Client
) -> None:
    try_ids(client_of(outsider), MANY_REFUSALS_A_DAY)
    assert auditors_browser.get(LIST.format(unit.pk)).context["count"] == 0
