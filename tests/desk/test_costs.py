"""What a page costs: the same number of queries with 2 and with 20 rows, session to audit counted."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.accounts.models import User
from cases.casework.models import Case
from tests.access.matrix import full_case

MOST_FOR_A_LIST = 12
MOST_FOR_A_CASE = 20
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")

Make = Callable[..., Case]


def queries_of(client: Client, path: str) -> list[str]:
    """Every statement of one request but those that open and end the transaction."""
    client.get(path)  # the first request loads what stays in memory
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return [q["sql"] for q in captured if not q["sql"].startswith(TRANSACTION_CONTROL)]


@pytest.mark.parametrize(
    "path", ["/", "/cases/", "/cases/?scope=unit", "/cases/?scope=unit&state=to_be_summoned"]
)
def test_a_list_costs_the_same_with_2_and_with_20_cases(
    make_case: Make, adviser: User, client_of: Callable[[User], Client], path: str
) -> None:
    client = client_of(adviser)
    for _ in range(2):
        make_case()
    few = queries_of(client, path)
    for _ in range(18):
        make_case()
    many = queries_of(client, path)
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= MOST_FOR_A_LIST, "\n".join(many)


def test_a_case_costs_the_same_whatever_it_holds(
    make_case: Make, adviser: User, client_of: Callable[[User], Client], law: None
) -> None:
    client = client_of(adviser)
    empty = queries_of(client, f"/cases/{make_case().pk}/")
    case, _ids = full_case(adviser.memberships.get().unit, adviser, "Fullsak")
    full = queries_of(client, f"/cases/{case.pk}/")
    assert len(full) <= MOST_FOR_A_CASE, "\n".join(full)
    assert len(empty) <= len(full), "an empty case has nothing to prefetch"
