"""Two processes register in one unit at once: no number twice, and no gap."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.practice import own_database
from tools.run import ROOT

EACH = 100
pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("sample_data", size="practice")
"""
READ = """
from cases.casework.models import Case
print(",".join(str(s) for s in Case.objects.filter(unit__code="NOR", year__gte=2026)
      .order_by("year", "serial").values_list("serial", flat=True)))
"""


def test_two_processes_leave_no_gap(tmp_path: Path) -> None:
    with own_database(tmp_path) as url:
        environment = {
            **os.environ, "DATABASE_URL": url, "ADVISORY_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "advisory.settings",
        }  # fmt: skip

        def shell(text: str) -> str:
            command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", text]
            return subprocess.run(
                command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
            ).stdout

        shell(PREPARE)
        command = [sys.executable, "-m", "tests.long.case_registrar", "NOR", str(EACH)]
        both = [
            subprocess.Popen(
                command, cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )
            for _ in range(2)
        ]  # fmt: skip
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in both:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in both:
            process.communicate()
        assert [process.returncode for process in both] == [0, 0]
        serials = [int(s) for s in shell(READ).strip().split(",")]
    newest = max(serials)
    assert len(serials) == len(set(serials))
    assert newest >= 2 * EACH
    assert serials[-2 * EACH :] == list(range(newest - 2 * EACH + 1, newest + 1))
