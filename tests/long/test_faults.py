"""A fault in one of the four places that everything rests on is caught, and by which test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.source import ROOT

pytestmark = pytest.mark.long

CAUGHT_BY = {
    "access_function": (
        "tests/access/test_hidden_rows.py::test_a_protected_person_is_no_row_for_who_is_not_cleared"
    ),
    "audit_write": "tests/access/test_matrix.py::test_c1_every_person_a_page_shows_is_in_the_log",
    "database_context": (
        "tests/postgres/test_context.py::test_b4_requests_of_three_units_never_mix"
    ),
    "key_look_up": "tests/core/test_dump.py::test_k4_each_person_has_a_key_of_their_own",
}


def ends_with(test: str, fault: str, folder: Path) -> tuple[int, str]:
    """Exit code and words of a run of this test alone, in a process of its own."""
    plugin = ["-p", "tests.long.faults"] if fault else []
    # With a worker of xdist: its database has another name than ours.
    words = [sys.executable, "-m", "pytest", "-n", "1", "-q", "--tb=no", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*words, "--show-capture=no", *plugin, test],
        cwd=ROOT, env={**os.environ, "FAULT": fault, "ADVISORY_DATA": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("fault", CAUGHT_BY)
def test_m_a_fault_put_in_is_caught(fault: str, tmp_path: Path) -> None:
    if fault == "database_context" and connection.vendor != "postgresql":
        pytest.skip("SQLite has no context")
    test = CAUGHT_BY[fault]
    code, said = ends_with(test, "", tmp_path)
    assert (code, "1 passed" in said) == (0, True), said
    code, said = ends_with(test, fault, tmp_path)
    assert (code, f"FAILED {test}" in said) == (1, True), said
