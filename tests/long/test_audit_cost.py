"""C7: what the access log costs a page, with and without it in turns of one process."""

import os
import subprocess
import sys

import pytest

from tests.source import ROOT

pytestmark = pytest.mark.long


def test_c7_the_log_costs_a_page_a_tenth_at_the_most() -> None:
    """The bench makes a database of its own, and ends with 1 when a page costs more."""
    own = {"DATABASE_URL", "REDIS_URL", "ADVISORY_DATA"}
    environment = {name: value for name, value in os.environ.items() if name not in own}
    words = [sys.executable, "-m", "bench.audit_cost", "--requests", "150"]
    ran = subprocess.run(
        [*words, "--seconds", "0", "--verified", "0", "--log", "0"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("with the log") == 2, ran.stdout
