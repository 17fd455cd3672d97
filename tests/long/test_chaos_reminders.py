"""A thousand reminders while workers, beat and gateway fail: never twice, never silent."""

import os

import pytest

from bench.reminders import chaos

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture
def servers() -> tuple[str, str]:
    """DATABASE_URL and REDIS_URL; `make test-long` always names both."""
    database, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not database.startswith("postgres") or not redis:
        if os.environ.get("CI"):
            pytest.fail("DATABASE_URL and REDIS_URL must name a PostgreSQL and a Redis")
        pytest.skip("DATABASE_URL and REDIS_URL name no PostgreSQL and no Redis")
    return database, redis


@pytest.mark.parametrize("honours_key", [True, False], ids=["with key", "without key"])
def test_nobody_gets_two_messages_and_no_row_is_silent(
    servers: tuple[str, str], honours_key: bool
) -> None:
    result = chaos.run(*servers, people=1000, honours_key=honours_key, seconds=600)
    print(result)
    assert sum(result["states"].values()) == 1000
    assert result["twice"] == 0
    assert result["open"] == 0
    assert result["silent"] == 0
    assert result["marked_but_never_accepted"] == 0
    # The faults did happen: otherwise this test proves nothing. Counted by the second: a fast
    # machine is done sooner, and a bare number of kills would only measure its speed.
    assert result["killed"]["children"] > result["seconds"]
    assert result["once_unclear"] > 20
    if honours_key:
        assert result["accepted_but_left_to_a_person"] == 0
        assert result["states"].get("needs_person", 0) == 0
