"""`make run`: everything for a first run, and Ctrl-C stops everything it started.

Environment, database, sample data, then web, worker and beat as child processes. A child that dies
is started again; running this twice is harmless.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("ADVISORY_DATA", ROOT / ".data"))
PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://localhost:{PORT}/"
STARTED_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 10


def manage(*words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=True)


def answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2) as response:
            return response.read() == b"ok"
    except (urllib.error.URLError, OSError):
        return False


def port_is_taken() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return True
    return False


@contextmanager
def only_one() -> Iterator[bool]:
    """Whether this is the only run over this data folder; the lock goes with the process."""
    with (DATA / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def prepare() -> None:
    print("Preparing the database and the practice data …", flush=True)
    # A torn schedule file is worthless: the schedule lies in the settings.
    for old in DATA.glob("beat-schedule*"):
        old.unlink()
    manage("migrate", "--verbosity", "0")
    manage("createcachetable")
    manage("collectstatic", "--noinput", "--verbosity", "0")
    if os.environ.get("ADVISORY_MODE", "practice") == "practice":
        manage("sample_data", "--size", "practice")


def commands() -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "advisory"]
    quiet = ["--loglevel", "WARNING"]
    return {
        "web": [
            *python, "gunicorn", "advisory.wsgi", "--bind", f"127.0.0.1:{PORT}",
            "--workers", "2", "--worker-class", "gthread", "--threads", "4",
            "--max-requests", "1000", "--max-requests-jitter", "100", "--log-level", "warning",
        ],
        "worker": [
            *celery, "worker", *quiet, "--concurrency", "1", "--pool", "prefork",
            "--without-gossip", "--without-mingle",
        ],
        "beat": [*celery, "beat", *quiet, "--schedule", str(DATA / "beat-schedule")],
    }  # fmt: skip


class Supervisor:
    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: dict[str, int] = {}
        self.stopping = False

    def start(self, name: str) -> None:
        # Kombu moves each message through the temporary folder: it must be on the same disk.
        temporary = DATA / "tmp"
        temporary.mkdir(mode=0o700, exist_ok=True)
        environment = {**os.environ, "TMPDIR": str(temporary)}
        # A group of its own, so that Ctrl-C reaches the children through us, once, in order.
        self.children[name] = subprocess.Popen(
            commands()[name], cwd=ROOT, env=environment, start_new_session=True
        )

    def start_all(self) -> None:
        for name in commands():
            self.start(name)

    def watch(self) -> None:
        while not self.stopping:
            time.sleep(0.5)
            for name, child in list(self.children.items()):
                if child.poll() is not None and not self.stopping:
                    self.restart(name)

    def restart(self, name: str) -> None:
        self.deaths[name] = self.deaths.get(name, 0) + 1
        self.signal_group(self.children[name], signal.SIGKILL)
        print(f"{name} stopped; starting it again.", flush=True)
        time.sleep(min(0.5 * self.deaths[name], 10))
        self.start(name)

    def stop_all(self) -> None:
        self.stopping = True
        for child in self.children.values():
            self.signal_group(child, signal.SIGTERM)
        until = time.monotonic() + STOPPED_WITHIN_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
        for child in self.children.values():
            self.signal_group(child, signal.SIGKILL)
            child.wait()

    @staticmethod
    def signal_group(child: subprocess.Popen[bytes], which: signal.Signals) -> None:
        try:
            os.killpg(child.pid, which)
        except ProcessLookupError:
            pass


def wait_until_it_answers() -> bool:
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < until:
        if answers():
            return True
        time.sleep(0.2)
    return False


def main() -> int:
    DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_one() as alone:
        if not alone or answers():
            print(f"Advisory runs already: {ADDRESS}" if answers() else "Advisory is starting already.")
            return 0
        if port_is_taken():
            print(f"Port {PORT} is used by another program. Choose one: make run PORT=8001")
            return 1
        prepare()
        return serve()


def serve() -> int:
    supervisor = Supervisor()

    def stop(*_: object) -> None:
        supervisor.stopping = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        supervisor.start_all()
        if not wait_until_it_answers():
            print("The web server does not answer. See the lines above.")
            return 1
        print(f"\nAdvisory runs: {ADDRESS}   (Ctrl-C stops it)\n", flush=True)
        if os.environ.get("ADVISORY_MODE", "practice") == "practice":
            manage("sample_data", "--print-sign-ins")
        supervisor.watch()
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.stop_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
