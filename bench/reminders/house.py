"""A house of real processes for tests and benchmarks: a database of its own, gateway, worker, beat."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

from tools.processes import end_with_parent, stop_groups

ROOT = Path(__file__).resolve().parents[2]
STOPPED_WITHIN_SECONDS = 10


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def fresh_database(server_url, folder):
    """An empty database on this PostgreSQL server, or a new SQLite file without one."""
    if not server_url.startswith("postgres"):
        yield f"sqlite:///{folder / 'house.sqlite3'}"
        return
    name = f"house_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class House:
    """Runs the project's own commands against one database and one broker."""

    def __init__(self, database_url, data, redis_url="", **environment):
        self.database_url = database_url
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))},
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "ADVISORY_DATA": str(data),
            "TMPDIR": str(data),  # the filesystem broker moves messages within one disk
            "DJANGO_SETTINGS_MODULE": "advisory.settings",
            **{name: str(value) for name, value in environment.items()},
        }
        self.log = Path(data) / "house.log"

    def run(self, *words):
        """Run a Python command to its end and return what it printed."""
        return self.run_together(words)[0]

    def run_together(self, *commands):
        """Run Python commands at the same time and return what each printed."""
        children = [
            subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for words in commands
        ]  # fmt: skip
        printed = [child.communicate() for child in children]
        for child, (said, complained) in zip(children, printed, strict=True):
            if child.returncode:
                raise RuntimeError(f"{child.args} failed:\n{said}\n{complained}")
        return [said for said, _complained in printed]

    def prepare(self, count, plan=False):
        self.run("manage.py", "migrate", "--verbosity", "0", "--skip-checks")
        self.run("-m", "bench.reminders.seed", str(count), *(["--plan"] if plan else []))

    def start(self, *words):
        """Start a Python command as the leader of a process group of its own."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip

    def worker(self, concurrency=1):
        return self.start(
            "-m", "celery", "--app", "bench.reminders.weekday", "--quiet", "worker",
            "--concurrency", str(concurrency), "--pool", "prefork", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle", "--hostname", f"w{uuid.uuid4().hex[:8]}@house",
        )  # fmt: skip

    def beat(self):
        schedule = Path(self.environment["ADVISORY_DATA"]) / f"beat-{uuid.uuid4().hex[:8]}"
        return self.start(
            "-m", "celery", "--app", "bench.reminders.weekday", "--quiet", "beat",
            "--loglevel", "WARNING", "--schedule", str(schedule), "--pidfile=",
        )  # fmt: skip

    def is_ready(self, worker):
        """Whether the worker has begun to take tasks."""
        return (Path(self.environment["ADVISORY_DATA"]) / f"ready-{worker.pid}").exists()

    def query(self, sql):
        """Rows straight from the database, past the program."""
        if self.database_url.startswith("postgres"):
            with psycopg.connect(self.database_url) as connection:
                return connection.execute(sql).fetchall()
        path = self.database_url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def states(self):
        return dict(self.query("SELECT state, count(*) FROM reminders_message GROUP BY state"))


@contextmanager
def processes(*started):
    """Stop these, and what they started, when the block ends."""
    try:
        yield started
    finally:
        stop_groups(list(started), STOPPED_WITHIN_SECONDS)


@contextmanager
def gateway(*options):
    """The fake SMS gateway in a process of its own; yields its address and a function for its stats."""
    port = free_port()
    command = [sys.executable, "-m", "bench.reminders.gateway", "--port", str(port), *options]
    child = subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=end_with_parent)
    url = f"http://127.0.0.1:{port}"

    def stats():
        with urlopen(f"{url}/stats", timeout=10) as answer:
            return json.load(answer)

    with processes(child):
        wait_for(lambda: answers(port), 10)
        yield f"{url}/sms", stats


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(condition, seconds, every=0.05):
    """Until the condition holds, at most this long; whether it did."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(every)
    return bool(condition())
