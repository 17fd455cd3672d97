"""`make run` for real: it starts all, mends what dies, refuses to run twice and leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.source import ROOT
from tools.services import free_port

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc"),
]


class Run:
    """One `make run` over a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data, self.port, self.log = data, free_port(), data.parent / "run.log"
        self.process = self.start()

    def start(self, port: int | None = None) -> subprocess.Popen[bytes]:
        own = {"DATABASE_URL", "REDIS_URL", "STATIC_FROM_SOURCE"}
        environment = {name: value for name, value in os.environ.items() if name not in own}
        environment |= {"ADVISORY_DATA": str(self.data), "PORT": str(port or self.port)}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tools.run"],
                cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def children(self) -> dict[int, str]:
        """Every live process over this data folder but the supervisors: number and command."""
        marker, found = f"ADVISORY_DATA={self.data}\0".encode(), {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                mine = marker in (folder / "environ").read_bytes() + b"\0"
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if mine and command and "tools.run" not in command:
                found[int(folder.name)] = command
        return found

    def running(self, what: str) -> set[int]:
        return {number for number, command in self.children().items() if what in command}


def until(condition: Callable[[], object], what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.2)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = Run(tmp_path / "data")
    until(lambda: "Sign in" in started.said() or started.process.poll() is not None, "never ready")
    assert "Sign in" in started.said(), started.said()
    yield started
    started.process.terminate()
    started.process.wait(30)


def test_a_dead_child_is_started_again_and_the_end_leaves_nothing(run: Run) -> None:
    before = {name: run.running(name) for name in ("gunicorn", " worker ", " beat ")}
    assert all(before.values())
    for number in set().union(*before.values()):
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue

    for name, numbers in before.items():
        until(lambda name=name, numbers=numbers: run.running(name) - numbers, f"{name} stays dead")
    run.process.send_signal(signal.SIGINT)

    assert run.process.wait(30) == 0
    assert run.children() == {}


def test_running_twice_tells_where_the_first_one_is(run: Run) -> None:
    second = run.start(port=free_port())

    assert second.wait(20) == 0
    assert f"Advisory runs already: http://localhost:{run.port}/" in run.said()
    assert run.running("gunicorn")


def test_a_killed_supervisor_takes_its_children_along(run: Run) -> None:
    run.process.kill()

    until(lambda: run.children() == {}, "an orphan is left", seconds=30)
