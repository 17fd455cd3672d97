"""The world of the matrix, made once for each test."""

from typing import Any

import pytest

from cases.casework.reference import load_law
from cases.letters.reference import load_texts
from tests.access.matrix import World, build_world


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.ACCOUNT_RATE_LIMITS = False  # hundreds of requests a second are the test, not a guess
    load_law()
    load_texts()
    return build_world()
