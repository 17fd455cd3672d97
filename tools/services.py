"""Run a command with a PostgreSQL and a Redis of its own, and take both away afterwards.

    python -m tools.services [--durable] -- pytest …

Uses DATABASE_URL and REDIS_URL when they are set; otherwise starts what the machine has, in a
temporary folder, on loopback, on free ports. Tests use `postgres()` and `redis()` directly.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

# `python tools/services.py` works as well as `python -m tools.services`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.processes import end_with_parent, signal_group  # noqa: E402

STARTED_WITHIN_SECONDS = 30
STOPPED_WITHIN_SECONDS = 20
POSTGRES_PROGRAMS = "/usr/lib/postgresql/*/bin"
# The data is thrown away: nothing need survive a power cut. Benchmarks ask for `durable`.
NOT_DURABLE = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class ServiceMissing(Exception):
    """The machine has no such program, or it did not start; the text says what to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, folders: str = "") -> str:
    """The newest such program of the machine. Raises ServiceMissing when there is none."""
    found = (
        [str(path) for path in Path("/").glob(f"{folders.strip('/')}/{name}")] if folders else []
    )
    # Version folders by number: 9 comes before 15.
    newest = max(found, key=lambda path: float(Path(path).parts[-3]), default=shutil.which(name))
    if not newest:
        raise ServiceMissing(
            f"{name} is not on this machine. On Debian: apt-get install postgresql redis-server"
        )
    return newest


def unprivileged() -> dict[str, Any]:
    """How to start a child that must not be root: PostgreSQL refuses it."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise ServiceMissing(
        "PostgreSQL does not run as root, and there is no user postgres or nobody."
    )


@contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    # Not TMPDIR: the path of a Unix socket has room for a hundred letters only.
    folder = Path(tempfile.mkdtemp(prefix=f"advisory-{name}-", dir="/tmp"))
    try:
        owner = unprivileged()
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: list[str], folder: Path, ready: Callable[[], bool], stop_with: signal.Signals
) -> Iterator[None]:
    """A server for as long as the block lasts; what it says goes to a file in `folder`."""
    log = folder / "server.log"
    with log.open("wb") as said:
        child = subprocess.Popen(
            command,
            cwd=folder,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
            **unprivileged(),
        )
    try:
        _wait_until(ready, child, log)
        yield
    finally:
        child.send_signal(stop_with)
        try:
            child.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        signal_group(child, signal.SIGKILL)
        child.wait()


def _wait_until(ready: Callable[[], bool], child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < until and child.poll() is None:
        if ready():
            return
        time.sleep(0.05)
    last_words = log.read_text(errors="replace")[-1000:]
    raise ServiceMissing(f"{Path(str(child.args[0])).name} did not start:\n{last_words}")


@contextmanager
def postgres(durable: bool = False) -> Iterator[str]:
    """A fresh PostgreSQL; yields its DATABASE_URL. Raises ServiceMissing."""
    initdb = program("initdb", POSTGRES_PROGRAMS)
    server = program("postgres", POSTGRES_PROGRAMS)
    with temporary_folder("postgres") as folder:
        data, port = folder / "data", free_port()
        subprocess.run(
            [initdb, "-D", str(data), "-U", "advisory", "--auth=trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **unprivileged(),
        )  # fmt: skip
        command = [server, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1",
                   "-c", "max_connections=200", "-c", "shared_buffers=256MB"]  # fmt: skip
        if not durable:
            command += NOT_DURABLE
        with running(command, folder, lambda: _takes_queries(port), signal.SIGINT):
            yield f"postgresql://advisory@127.0.0.1:{port}/postgres"


def _takes_queries(port: int) -> bool:
    """The port opens before the server takes queries."""
    ready = program("pg_isready", POSTGRES_PROGRAMS)
    asked = subprocess.run([ready, "-q", "-h", "127.0.0.1", "-p", str(port)], check=False)
    return asked.returncode == 0


@contextmanager
def redis() -> Iterator[str]:
    """A fresh Redis (or Valkey) that keeps nothing on disk; yields its REDIS_URL."""
    server = shutil.which("valkey-server") or program("redis-server")
    port = free_port()
    with temporary_folder("redis") as folder:
        command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", str(folder), "--maxmemory-policy", "noeviction"]  # fmt: skip
        with running(command, folder, lambda: _answers_ping(port), signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def _answers_ping(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def run_to_its_end(command: list[str], environment: dict[str, str]) -> int:
    # Ctrl-C reaches the command directly; it tidies up and ends, and so do we.
    signal.signal(signal.SIGINT, lambda *_: None)
    child = subprocess.Popen(command, env=environment, preexec_fn=end_with_parent)
    try:
        code = child.wait()
    except SystemExit:
        child.terminate()
        try:
            child.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise
    return code if code >= 0 else 128 - code


def main(command: list[str], durable: bool) -> int:
    environment = dict(os.environ)
    # A stop from outside must still take the servers away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        try:
            if not environment.get("DATABASE_URL"):
                environment["DATABASE_URL"] = stack.enter_context(postgres(durable))
            if not environment.get("REDIS_URL"):
                environment["REDIS_URL"] = stack.enter_context(redis())
            # What production does: requests and jobs switch to the restricted roles. `migrate` makes
            # them, because the user of our own server is a superuser.
            environment.setdefault("DATABASE_ROLES", "true")
        except ServiceMissing as missing:
            print(missing, file=sys.stderr)
            return 1
        return run_to_its_end(command, environment)


def options_and_command(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before and after the two hyphens."""
    if "--" not in words or words[-1] == "--":
        sys.exit(__doc__)
    at = words.index("--")
    return words[:at], words[at + 1 :]


if __name__ == "__main__":
    options, command_words = options_and_command(sys.argv[1:])
    sys.exit(main(command_words, durable="--durable" in options))
