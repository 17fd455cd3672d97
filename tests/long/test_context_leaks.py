"""B4: 2,000 interleaved requests from three units over two connections."""

import pytest
from django.db import connection

from cases.casework.reference import load_law
from cases.letters.reference import load_texts
from tests.postgres.conftest import make_side
from tests.postgres.test_context import interleave

pytestmark = [pytest.mark.long, pytest.mark.postgres]
REQUESTS = 2000


@pytest.mark.django_db(transaction=True)
def test_b4_two_thousand_requests_of_three_units_never_mix() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")
    load_law()
    load_texts()
    sides = [make_side(name) for name in ("Furu", "Gran", "Bjerk")]
    assert interleave(sides, requests=REQUESTS) == []
