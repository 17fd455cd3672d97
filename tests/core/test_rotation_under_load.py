"""Two readers and two writers never notice that every key changes under them."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from cases.accounts.models import User
from cases.units.models import Unit
from tests import factories, source
from tests.core.test_rotation import BOTH, NEW, OLD

PEOPLE = 20


def database_for_others(folder: Path) -> str:
    """The address at which another process finds what this test has committed."""
    if connection.vendor == "postgresql":
        parts = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    file = folder / "load.sqlite3"
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    copy.close()
    return f"sqlite:///{file}"


@pytest.mark.django_db(transaction=True)
def test_k3_every_key_rotates_under_load_without_an_error(
    unit: Unit, adviser: User, settings: Any, tmp_path: Path
) -> None:
    settings.FIELD_KEYS = OLD
    for _number in range(PEOPLE):
        factories.make_person(unit, adviser)
    environment = {
        **os.environ, "DATABASE_URL": database_for_others(tmp_path), "FIELD_KEYS": OLD,
        "ADVISORY_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "advisory.settings",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "tests.core.rotation_load", OLD, BOTH, NEW],
        cwd=source.ROOT, env=environment, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    result = json.loads(ran.stdout.splitlines()[-1])
    assert result["errors"] == []
    assert len(result["rounds"]) == 4
    assert min(result["rounds"].values()) >= 4
    assert "Only the first keys are needed" in result["told"]
    assert result["opened by the new keys"] == result["rows"] > 4 * PEOPLE
    assert result["opened by the old keys"] == 0
