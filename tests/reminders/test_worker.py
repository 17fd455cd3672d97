"""A real worker and a real beat: a message arrives, with a broker of files and with Redis."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.reminders.house import House, fresh_database, processes, wait_for

ARRIVES_WITHIN_SECONDS = 60
pytestmark = pytest.mark.timeout(170)


@pytest.fixture(params=["files", "redis"])
def redis_url(request: pytest.FixtureRequest) -> str:
    if request.param == "files":
        return ""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        # `make test-postgres` always names one; the suite on SQLite needs no server.
        if os.environ.get("CI") and os.environ.get("DATABASE_URL"):
            pytest.fail("REDIS_URL names no Redis, and this run must not do without")
        pytest.skip("REDIS_URL names no Redis")
    return url


@pytest.fixture
def house(tmp_path: Path, redis_url: str) -> Iterator[House]:
    server = os.environ.get("DATABASE_URL", "") if redis_url else ""
    with fresh_database(server, tmp_path) as database_url:
        house = House(database_url, tmp_path, redis_url, NUDGE_SECONDS=1)
        house.prepare(1)
        yield house


def test_what_is_planned_and_due_arrives_on_the_mock_phone(house: House) -> None:
    with processes(house.worker(), house.beat()):
        arrived = wait_for(lambda: house.states() == {"delivered": 1}, ARRIVES_WITHIN_SECONDS, 0.2)
    assert arrived, (house.states(), house.log.read_text()[-3000:])
    assert house.query("SELECT count(*) FROM reminders_mockdelivery") == [(1,)]
    beaten = {job for (job,) in house.query("SELECT job FROM reminders_heartbeat")}
    assert beaten == {"plan_reminders", "send_reminders"}
