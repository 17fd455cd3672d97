"""J1 at volume: a thousand cases, holds, reopenings, kills in the middle, on three seeds."""

from pathlib import Path
from typing import Any

import pytest

from cases.accounts.models import User
from cases.units.models import Unit
from tests.retention.test_j1_property import check

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_j1_a_thousand_cases(
    unit: Unit,
    leader: User,
    municipal_administrator: User,
    settings: Any,
    tmp_path: Path,
    seed: int,
) -> None:
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")
    erased = check(
        unit, leader, municipal_administrator, 1000, seed, travel=0, kills=[1, 4, 9], reopens=10
    )
    assert 200 < erased < 700
