"""Run a command with a PostgreSQL and a Redis of its own, and take both away afterwards.

    python tools/services.py -- pytest …

Uses DATABASE_URL and REDIS_URL when they are set; otherwise starts what the machine has, in a
temporary folder, on loopback, on free ports.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

STARTED_WITHIN_SECONDS = 30
UNPRIVILEGED = "postgres"  # PostgreSQL refuses to run as root


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, *folders: str) -> str:
    """The newest such program of the machine. Exits with a sentence when there is none."""
    newest_first = sorted(
        (str(path) for folder in folders for path in Path("/").glob(f"{folder.lstrip('/')}/{name}")),
        reverse=True,
    )
    found = [*newest_first, shutil.which(name)]
    if not found[0]:
        sys.exit(f"{name} is not on this machine. On Debian: apt-get install postgresql redis-server")
    return str(found[0])


def as_unprivileged(command: list[str]) -> list[str]:
    return ["runuser", "-u", UNPRIVILEGED, "--", *command] if os.geteuid() == 0 else command


@contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"advisory-{name}-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int, child: subprocess.Popen[bytes], what: str) -> None:
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < until and child.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"{what} did not start.")


@contextmanager
def running(command: list[str], port: int, what: str, stop_with: signal.Signals) -> Iterator[None]:
    child = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(port, child, what)
        yield
    finally:
        try:
            os.killpg(child.pid, stop_with)
            child.wait(20)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh cluster; yields its DATABASE_URL."""
    folders = "/usr/lib/postgresql/*/bin"
    initdb, server = program("initdb", folders), program("postgres", folders)
    with temporary_folder("postgres") as folder:
        data, port = folder / "data", free_port()
        subprocess.run(
            as_unprivileged(
                [initdb, "-D", str(data), "-U", "advisory", "--auth=trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync"]
            ),
            check=True, stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        command = as_unprivileged(
            [server, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1",
             "-c", "max_connections=200", "-c", "shared_buffers=256MB"]
        )  # fmt: skip
        with running(command, port, "PostgreSQL", signal.SIGINT):
            _wait_for_queries(port)
            yield f"postgresql://advisory@127.0.0.1:{port}/postgres"


def _wait_for_queries(port: int) -> None:
    """The port opens before the server takes queries."""
    ready = program("pg_isready", "/usr/lib/postgresql/*/bin")
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < until:
        if subprocess.run([ready, "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode == 0:
            return
        time.sleep(0.1)
    sys.exit("PostgreSQL did not become ready.")


@contextmanager
def redis() -> Iterator[str]:
    """A fresh Redis (or Valkey) that keeps nothing on disk; yields its REDIS_URL."""
    server = shutil.which("valkey-server") or program("redis-server", "/usr/bin")
    port = free_port()
    with temporary_folder("redis") as folder:
        command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", str(folder), "--maxmemory-policy", "noeviction"]  # fmt: skip
        with running(command, port, "Redis", signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def main(command: list[str]) -> int:
    environment = dict(os.environ)
    # A stop from outside must still take the servers away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        if not environment.get("DATABASE_URL"):
            environment["DATABASE_URL"] = stack.enter_context(postgres())
        if not environment.get("REDIS_URL"):
            environment["REDIS_URL"] = stack.enter_context(redis())
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] != "--":
        sys.exit(__doc__)
    sys.exit(main(sys.argv[2:]))
