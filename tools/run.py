"""`make run`: everything for a first run, and Ctrl-C stops everything it started.

Database, sample data, then web, worker and beat as processes of their own. One that dies is started
again; running this twice is harmless. Needs no network.
"""

import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tools.processes import end_with_parent, signal_group, stop_groups

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / os.environ.get("ADVISORY_DATA", ".data")
PRACTICE = os.environ.get("ADVISORY_MODE", "practice") == "practice"
STARTED_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 10
# A child that lived this long is well: its next death is the first again.
WELL_AFTER_SECONDS = 60
LONGEST_PAUSE_SECONDS = 30
# An http_proxy of the machine must not come between us and our own loopback.
LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Stopped(Exception):
    """Ctrl-C or SIGTERM came."""


class Failed(Exception):
    """What a person must know to get further; its text is shown."""


def port_from_environment() -> int:
    typed = os.environ.get("PORT") or "8000"
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 65536):
        raise Failed(f"PORT={typed} is not a port. Choose one between 1024 and 65535.")
    return int(typed)


def address(port: int) -> str:
    return f"http://localhost:{port}/"


def answers(port: int) -> bool:
    try:
        with LOOPBACK.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        # As the web server does: the last run's closing connections are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is used by another program" if taken else f"can not be used ({error.strerror})"
            raise Failed(f"Port {port} {why}. Choose another: make run PORT=8001") from error


@contextmanager
def only_run(port: int) -> Iterator[int | None]:
    """Hold the data folder. Yields the port of the run that holds it already, or None for ours."""
    with (DATA / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield _port_in(file) or port
            return
        file.truncate(0)
        file.write(f"{port}\n")
        file.flush()
        yield None


def _port_in(file: IO[str]) -> int | None:
    file.seek(0)
    written = file.read().strip()
    return int(written) if written.isdigit() else None


@dataclass
class Child:
    """One of the processes; `due` is when it is to be started again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float | None = None

    def start(self) -> None:
        self.started, self.due = time.monotonic(), None
        self.process = start_process(self.command)

    def note_death(self, now: float) -> None:
        """After a death: clear what it left and set when it is started again."""
        if self.process is None or self.due is not None or self.process.poll() is None:
            return
        signal_group(self.process, signal.SIGKILL)
        if now - self.started > WELL_AFTER_SECONDS:
            self.deaths = 0
        pause = min(0.5 * 2**self.deaths, LONGEST_PAUSE_SECONDS)
        self.deaths, self.due = self.deaths + 1, now + pause
        print(f"{self.name} ended ({self.process.returncode}); starting it again.", flush=True)


def start_process(command: list[str]) -> subprocess.Popen[bytes]:
    # Kombu moves each message through the temporary folder: it must be on the broker's disk.
    # A group of its own, so that Ctrl-C reaches the children through us alone.
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(DATA / "tmp"), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def commands(port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "advisory", "--quiet"]
    quiet = ["--loglevel", "WARNING"]
    return {
        "web": [
            *python, "gunicorn", "advisory.wsgi", "--bind", f"127.0.0.1:{port}",
            "--workers", "2", "--worker-class", "gthread", "--threads", "4",
            "--max-requests", "1000", "--max-requests-jitter", "100", "--log-level", "warning",
            # Its socket would lie in the home folder, shared by every run of the machine.
            "--graceful-timeout", "5", "--no-control-socket",
        ],
        "worker": [
            *celery, "worker", *quiet, "--concurrency", "1", "--pool", "prefork",
            "--without-gossip", "--without-mingle",
        ],
        "beat": [*celery, "beat", *quiet, "--schedule", str(DATA / "beat-schedule")],
    }  # fmt: skip


@dataclass
class Supervisor:
    port: int
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def stop(self, *_signal: object) -> None:
        # Only a flag: an exception here could hit between a child's start and our note of it.
        self.stopping = True

    def pause(self, seconds: float) -> None:
        if not self.stopping:
            time.sleep(seconds)
        if self.stopping:
            raise Stopped

    @contextmanager
    def managing(self, *words: str) -> Iterator[None]:
        """Run a management command beside the block. Raises Failed when it fails."""
        process = start_process([sys.executable, "manage.py", *words])
        try:
            yield
            while process.poll() is None:
                self.pause(0.05)
        finally:
            stop_groups([process], STOPPED_WITHIN_SECONDS)
        if process.returncode:
            raise Failed(f"manage.py {words[0]} failed. See the lines above.")

    def manage(self, *words: str) -> None:
        with self.managing(*words):
            pass

    def prepare(self) -> None:
        print("Preparing the database and the practice data …", flush=True)
        # A torn schedule file and yesterday's nudges are worthless: the schedule lies in the
        # settings, and the queue in the database.
        for old in DATA.glob("beat-schedule*"):
            old.unlink()
        for folder in (DATA / "broker", DATA / "tmp"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        # Compressing the static files takes as long as the database: one core each.
        with self.managing("collectstatic", "--noinput", "--verbosity", "0"):
            self.manage("migrate", "--verbosity", "0")
            self.manage("createcachetable", "--verbosity", "0")
            if PRACTICE:
                self.manage("sample_data", "--size", "practice")

    def start_children(self) -> None:
        for name, command in commands(self.port).items():
            child = Child(name, command)
            self.children.append(child)
            child.start()

    def tend(self) -> None:
        """Once: note deaths, start again what is due."""
        now = time.monotonic()
        for child in self.children:
            child.note_death(now)
            if child.due is not None and child.due <= now:
                child.start()

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + STARTED_WITHIN_SECONDS
        while not answers(self.port):
            if time.monotonic() > until:
                raise Failed("The web server does not answer. See the lines above.")
            self.tend()
            self.pause(0.2)

    def announce(self) -> None:
        print(f"\nAdvisory runs: {address(self.port)}   (Ctrl-C stops it)\n", flush=True)
        if PRACTICE:
            self.manage("sample_data", "--print-sign-ins")

    def serve(self) -> None:
        """Until Ctrl-C or SIGTERM. Raises Stopped or Failed."""
        try:
            self.prepare()
            self.start_children()
            self.wait_until_it_answers()
            self.announce()
            while True:
                self.tend()
                self.pause(0.25)
        finally:
            if self.children:
                print("\nStopping …", flush=True)
            started = [child.process for child in self.children if child.process]
            stop_groups(started, STOPPED_WITHIN_SECONDS)


def run() -> None:
    port = port_from_environment()
    # The database lies below: nobody else of this machine reads it.
    os.umask(0o077)
    DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_run(port) as other:
        if other is not None:
            state = "runs already" if answers(other) else "is being started already"
            print(f"Advisory {state}: {address(other)}")
            return
        check_port_is_free(port)
        supervisor = Supervisor(port)
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(which, supervisor.stop)
        supervisor.serve()


def main() -> int:
    try:
        run()
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except Stopped:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
