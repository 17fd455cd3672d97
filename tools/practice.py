"""A web server over practice data of its own, for browser journeys and pictures.

The same gunicorn as `make run`, the same hashed static files, a fresh database: SQLite in a
temporary folder, or a database of its own on the server that DATABASE_URL names.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg

from tools.processes import end_with_parent, signal_group, stop_groups
from tools.run import ROOT, STARTED_WITHIN_SECONDS, STOPPED_WITHIN_SECONDS, answers, commands
from tools.services import free_port

# One process: starting Django costs as much as the work.
FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
call_command("sample_data", size="practice")
"""
# What the outside may have set, and what would lead to another database or other files.
NOT_INHERITED = {"DATABASE_URL", "ADVISORY_MODE", "STATIC_FROM_SOURCE", "SMS_URL", "DEBUG"}


class DidNotStart(Exception):
    """The text says what the server, or a command before it, said last."""


@dataclass(frozen=True)
class Practice:
    """`address` ends without a slash; `environment` leads every command to the same database."""

    address: str
    environment: dict[str, str]
    log: Path

    def manage(self, *words: str) -> str:
        """What a management command says. Raises DidNotStart when it fails."""
        return self.finish(self.start(*words))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return self.run([sys.executable, "manage.py", *words], subprocess.PIPE)

    def finish(self, command: subprocess.Popen[bytes]) -> str:
        said, _nothing = command.communicate()
        if command.returncode:
            raise DidNotStart(f"{command.args}:\n{self.last_words()}")
        return said.decode()

    def run(self, command: list[str], stdout: int | None = None) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=stdout or log, stderr=log,
                start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


@contextmanager
def practice_server() -> Iterator[Practice]:
    """A server that answers, with the sample data of `make run`. Raises DidNotStart."""
    with (
        TemporaryDirectory(prefix="advisory-practice-") as folder,
        own_database(Path(folder)) as url,
    ):
        inherited = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        port = free_port()
        practice = Practice(
            address=f"http://127.0.0.1:{port}",
            environment={**inherited, "DATABASE_URL": url, "ADVISORY_DATA": folder},
            log=Path(folder) / "server.log",
        )
        _prepare(practice)
        server = practice.run(commands(port)["web"])
        try:
            _wait_until_it_answers(practice, server, port)
            yield practice
        finally:
            stop_groups([server], STOPPED_WITHIN_SECONDS)


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """An empty database, and none of it left afterwards."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'practice.sqlite3'}"
        return
    name = f"practice_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(given)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(given, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _prepare(practice: Practice) -> None:
    # Compressing the static files takes as long as the database: one core each.
    static_files = practice.start("collectstatic", "--noinput", "--verbosity", "0")
    try:
        practice.manage("shell", "--command", FILL)
        practice.finish(static_files)
    finally:
        signal_group(static_files, signal.SIGKILL)
        static_files.wait()


def _wait_until_it_answers(practice: Practice, server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while not answers(port):
        if time.monotonic() > until or server.poll() is not None:
            raise DidNotStart(practice.last_words())
        time.sleep(0.05)
