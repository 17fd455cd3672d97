"""A unit with 100,000 cases is as fast as one with 1,000, measured in one run, by turns."""

import json
from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.many_cases import grow
from cases.accounts.models import Membership, User
from cases.casework.models import Case
from cases.desk.sample.load import load_sample
from cases.units.models import Unit
from tests import factories

SMALL, LARGE = 1_000, 100_000
ROUNDS = 25
MOST = 1.5
pytestmark = [pytest.mark.long, pytest.mark.timeout(1200), pytest.mark.django_db]


@pytest.fixture
def two_units() -> tuple[Unit, Unit]:
    """The first with 1,000 cases, the second with 100,000."""
    load_sample(units=2, cases=2 * SMALL, seed=1, now=timezone.now())
    small, large = Unit.objects.order_by("code")
    grow(large, LARGE)
    for unit in (small, large):
        _give_a_full_page(unit)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return small, large


def adviser_of(unit: Unit) -> User:
    return User.objects.get(pk=Membership.objects.filter(unit=unit, role="adviser").get().user_id)


def _give_a_full_page(unit: Unit) -> None:
    """More than one page of open cases of one's own: both lists show as many lines."""
    open_cases = Case.objects.filter(unit=unit, closed_at=None).values_list("pk", flat=True)[:40]
    Case.objects.filter(pk__in=list(open_cases)).update(assigned_to=adviser_of(unit))


def browser_of(unit: Unit) -> Client:
    user = adviser_of(unit)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def pages_of(unit: Unit) -> dict[str, tuple[str, dict[str, str] | None]]:
    """Name of the page: address, and what is posted to it."""
    cases = Case.objects.open().filter(unit=unit, attended_count=1, person__protection="none")
    case = cases.first()
    assert case is not None
    factories.declare(adviser_of(unit), case)
    return {
        "list, whole unit": ("/cases/?scope=unit", None),
        "list, mine": ("/cases/?scope=mine", None),
        "list, closed": ("/cases/?scope=closed", None),
        "today": ("/", None),
        "case": (f"/cases/{case.pk}/", None),
        "search by number": ("/search/", {"words": case.number}),
        "search by name": ("/search/", {"words": case.person.full_name}),
    }


def look(client: Client, path: str, posted: dict[str, str] | None) -> tuple[float, int]:
    """Seconds and queries of one request."""
    with CaptureQueriesContext(connection) as captured:
        started = perf_counter()
        response = client.post(path, posted) if posted else client.get(path)
        seconds = perf_counter() - started
    assert response.status_code == 200
    return seconds, len(captured)


def test_a_hundred_times_the_cases_costs_the_same(two_units: tuple[Unit, Unit]) -> None:
    browsers = [browser_of(unit) for unit in two_units]
    pages = [pages_of(unit) for unit in two_units]
    figures = {}
    for name in pages[0]:
        times: tuple[list[float], list[float]] = ([], [])
        queries = [0, 0]
        for _ in range(ROUNDS):
            for index, browser in enumerate(browsers):
                seconds, queries[index] = look(browser, *pages[index][name])
                times[index].append(seconds)
        small, large = (median(measured) for measured in times)
        figures[name] = {
            "ms with 1,000": round(small * 1000, 1),
            "ms with 100,000": round(large * 1000, 1),
            "ratio": round(large / small, 2),
            "queries": queries,
        }
    print(json.dumps({"engine": connection.vendor, **figures}, indent=1))
    assert {name: f for name, f in figures.items() if f["ratio"] > MOST} == {}
    lists = [f["queries"] for name, f in figures.items() if name.startswith("list")]
    assert all(small == large for small, large in lists), figures


@pytest.mark.parametrize("count", [50, 5_000])
def test_the_list_asks_the_same_with_50_and_with_5000_cases(count: int) -> None:
    load_sample(units=1, cases=50, seed=1, now=timezone.now())
    unit = Unit.objects.get()
    grow(unit, count)
    browser = browser_of(unit)
    look(browser, "/cases/?scope=unit", None)
    _seconds, queries = look(browser, "/cases/?scope=unit", None)
    assert queries <= 12
    assert Case.objects.count() == count
