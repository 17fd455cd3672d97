"""What our pages cost beside Django's own floor: `python -m bench.pages.ratios [--cases 1000000]`.

Needs DATABASE_URL of a PostgreSQL (`python -m tools.services --durable -- …` starts one). The same
gunicorn for both, the same number of cases in the database; they take turns, and what counts is the
processor time of the web server and of PostgreSQL per request: it repeats far better than how long an
answer takes. The median of the rounds.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import psycopg

from bench.reminders.house import wait_for
from tools.practice import own_database, practice_server
from tools.processes import end_with_parent, stop_groups
from tools.run import ROOT, STARTED_WITHIN_SECONDS, STOPPED_WITHIN_SECONDS, answers, commands
from tools.services import free_port

# Our page, the floor's page it stands beside, and how many times the floor it may cost.
GOALS = {
    "case list": ("list", 2.0),
    "own cases": ("list", 2.0),
    "today": ("list", 2.0),
    "search by case number": ("list", 2.0),
    "search by name": ("list", 2.0),
    "case": ("case", 2.5),
    "register": ("create", 2.5),
}
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Site:
    """A running server, its cookies and its pages, as its `prepare` printed them."""

    def __init__(self, port, prepared):
        self.port = port
        self.pages = prepared["pages"]
        self.cookies = "; ".join(f"{name}={value}" for name, value in prepared["cookies"].items())
        self.asked = dict.fromkeys(self.pages, 0)

    def ask(self, page):
        """One request on a connection of its own; the next path and body of the page."""
        turn, self.asked[page] = self.asked[page], self.asked[page] + 1
        paths, bodies = self.pages[page]["paths"], self.pages[page].get("bodies")
        body = urlencode(bodies[turn % len(bodies)]) if bodies else None
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": self.cookies, "Origin": origin, "Accept-Language": "nb"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST" if body else "GET", paths[turn % len(paths)], body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        created = page in ("create", "register")
        if answer.status != (302 if created else 200):
            raise SystemExit(f"{page} answered {answer.status}")


def processor_seconds(is_ours):
    """Of the processes this is true of, and of the children they have outlived."""
    total = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and is_ours(folder):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                total += sum(map(int, fields[11:15]))
        except OSError:
            continue
    return total / TICKS_A_SECOND


def of_server(port):
    # The workers of gunicorn carry the words of their parent.
    word = f"127.0.0.1:{port}".encode()
    return lambda folder: word in (folder / "cmdline").read_bytes()


def of_postgres(server_url):
    with psycopg.connect(server_url) as connection:
        backend = connection.info.backend_pid
        parent = (Path("/proc") / str(backend) / "stat").read_text().rsplit(")", 1)[1].split()[1]

    def is_ours(folder):
        stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        return parent in (folder.name, stat[1])

    return is_ours


def cost(site, page, requests, postgres):
    """Milliseconds of processor per request."""
    web = of_server(site.port)
    before = processor_seconds(web) + processor_seconds(postgres)
    for _ in range(requests):
        site.ask(page)
    return 1000 * (processor_seconds(web) + processor_seconds(postgres) - before) / requests


@contextmanager
def floor_site(cases):
    with TemporaryDirectory(prefix="advisory-floor-") as folder, own_database(Path(folder)) as url:
        environment = {**os.environ, "DATABASE_URL": url}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        words = [sys.executable, "-m", "bench.pages.floor", str(cases)]
        printed = subprocess.run(
            words, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        port = free_port()
        command = [
            "bench.pages.floor:application" if word == "advisory.wsgi" else word
            for word in commands(port)["web"]
        ]
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, preexec_fn=end_with_parent
        )
        try:
            if not wait_for(lambda: answers(port), STARTED_WITHIN_SECONDS):
                raise SystemExit("The floor did not start.")
            yield Site(port, json.loads(printed))
        finally:
            stop_groups([server], STOPPED_WITHIN_SECONDS)


@contextmanager
def our_site(cases):
    with practice_server() as practice:
        words = [sys.executable, "-m", "bench.pages.prepare", str(cases)]
        printed = practice.finish(practice.run(words, subprocess.PIPE))
        yield Site(int(practice.address.rsplit(":", 1)[1]), json.loads(printed))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=60)
    asked = parser.parse_args()
    postgres = of_postgres(os.environ["DATABASE_URL"])
    with our_site(asked.cases) as ours, floor_site(asked.cases) as floor:
        costs = {name: [] for name in GOALS} | {f"floor {name}": [] for name in floor.pages}
        for turn in range(asked.rounds + 1):
            for site, name, label in [
                *((floor, name, f"floor {name}") for name in floor.pages),
                *((ours, name, name) for name in GOALS),
            ]:
                took = cost(site, name, asked.requests, postgres)
                if turn:  # the first round warms caches and connections
                    costs[label].append(took)
    kept = True
    for name, (beside, most) in GOALS.items():
        mine, its = median(costs[name]), median(costs[f"floor {beside}"])
        kept = kept and mine / its <= most
        print(
            f"{name:24}{mine:8.1f} ms {its:8.1f} ms of the floor {mine / its:6.2f} × (goal {most})"
        )
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
