"""What the access log costs: `python -m bench.audit_cost [--requests 300]`, on the database of DATABASE_URL.

A page is asked with the log and without it, in turns of one process, and what counts is the processor
time of this process and of PostgreSQL. "Without" exists here only: the function that writes the events
is replaced, there is no setting. Then how many events a second a chain takes from one writer and from
eight, how fast the verifier walks, and how fast a person's 5,000 events are found in a large log.
Ends with 1 when a goal is missed. Makes its own database: SQLite in a temporary folder, or a new one
on the PostgreSQL that DATABASE_URL names (`python -m tools.services -- python -m bench.audit_cost`).
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
MOST_OF_A_PAGE = 1.10
CHAIN_INSERTS_A_SECOND = 500
PERSON_WITHIN_SECONDS = 5.0
PERSON_EVENTS = 5_000
WRITERS = 8


def postgres_seconds() -> float:
    """Processor seconds of the PostgreSQL process that serves this connection."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    backend = connection.connection.info.backend_pid
    fields = (Path("/proc") / str(backend) / "stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def cost(ask: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of processor of one request: in this process, and in PostgreSQL."""
    began, there = time.process_time(), postgres_seconds()
    ask()
    return 1000 * (time.process_time() - began), 1000 * (postgres_seconds() - there)


def typical(costs: list[tuple[float, float]]) -> float:
    """The median of our own, which other programs disturb, and the mean of what is counted in ticks."""
    return median(own for own, _there in costs) + sum(there for _own, there in costs) / len(costs)


def pages_with_and_without(requests: int) -> bool:
    from django.test import Client

    from cases.accounts.models import Membership
    from cases.accounts.roles import Role
    from cases.audit import record
    from cases.casework.models import Case

    membership = Membership.objects.filter(role=Role.ADVISER).order_by("pk")[0]
    own = Case.objects.filter(unit=membership.unit, person__protection="none", closed_at=None)
    Case.objects.filter(pk__in=list(own.values_list("pk", flat=True)[:40])).update(
        assigned_to=membership.user
    )
    case = own.filter(assigned_to=membership.user)[0]
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(membership.user)
    writes = record._write
    kept = True
    for name, path in (("case list", "/cases/?scope=unit"), ("case page", f"/cases/{case.pk}/")):

        def ask(path: str = path) -> None:
            if client.get(path).status_code != 200:
                raise SystemExit(f"{path} did not answer 200")

        ask()  # the first one warms what is loaded once
        costs: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        # With, without, without, with: whatever drifts meanwhile meets both alike.
        for turn in range(requests):
            for with_log in (True, False) if turn % 2 else (False, True):
                record._write = writes if with_log else lambda events: None
                costs[with_log].append(cost(ask))
        record._write = writes
        on, off = typical(costs[True]), typical(costs[False])
        kept = kept and on / off <= MOST_OF_A_PAGE
        print(
            f"{name:24}{on:7.2f} ms with the log {off:7.2f} ms without {on / off:6.3f} × "
            f"(goal {MOST_OF_A_PAGE}, {requests} pairs)"
        )
    return kept


def write_for(seconds: float, unit: uuid.UUID, done: Any) -> None:
    django.setup()
    from cases.audit.record import record, recorded

    persons = [uuid.uuid4()]
    count, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        with recorded():
            record("bench.done", by=None, unit=unit, persons=persons, purpose="bench")
        count += 1
    done.put(count)


def chain_inserts(writers: int, seconds: float) -> float:
    """Events a second, each in a transaction of its own; every writer has a unit's chain."""
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    started = [
        context.Process(target=write_for, args=(seconds, uuid.uuid4(), done))
        for _ in range(writers)
    ]
    for process in started:
        process.start()
    total = sum(done.get() for _ in started)
    for process in started:
        process.join()
    return total / seconds


def grow_log(events: int, person: uuid.UUID) -> uuid.UUID:
    """One chain of this many events; 5,000 of them, spread evenly, name the person."""
    from django.db import transaction
    from django.utils import timezone

    from cases.audit.models import Event, Head

    unit, began = uuid.uuid4(), timezone.now() - timedelta(days=300)
    every = max(events // PERSON_EVENTS, 1)
    Head.objects.create(unit=unit)
    previous, rows = "", []
    for sequence in range(1, events + 1):
        named = person if sequence % every == 0 else uuid.uuid4()
        event = Event(
            unit=unit, sequence=sequence, at=began + timedelta(seconds=sequence),
            actor=unit, actor_roles="adviser", action="case.viewed", target=unit, case=unit,
            target_kind="casework.case", persons=[str(named)], purpose="desk:case", tier="normal",
            legal_basis="police_order", client="web", previous_hash=previous,
        )  # fmt: skip
        event.hash = previous = event.chained_hash()
        rows.append(event)
        if len(rows) == 5_000 or sequence == events:
            with transaction.atomic():
                Event.objects.bulk_create(rows, batch_size=1_000)
            rows = []
    return unit


def verifier(events: int) -> None:
    from cases.audit.verify import broken_links

    unit = grow_log(events, uuid.uuid4())
    began, spent = time.perf_counter(), time.process_time()
    breaks = broken_links(unit)
    took, own = time.perf_counter() - began, time.process_time() - spent
    print(f"verifier{'':16}{events:,} events in {took:.2f} s ({own:.2f} s of processor), {breaks=}")


def log_of_a_person(events: int) -> bool:
    from cases.audit.models import Event

    person = uuid.uuid4()
    grow_log(events, person)
    began = time.perf_counter()
    found = len(list(Event.objects.about_person(person).reads().newest_first()))
    took = time.perf_counter() - began
    print(
        f"log of a person{'':9}{found:,} of {events:,} events in {took:.2f} s (goal {PERSON_WITHIN_SECONDS})"
    )
    return found >= PERSON_EVENTS and took <= PERSON_WITHIN_SECONDS


def measure(asked: argparse.Namespace) -> bool:
    from django.db import connection

    print(f"{connection.vendor}:")
    kept = pages_with_and_without(asked.requests)
    for writers in (1, WRITERS) if asked.seconds else ():
        speed = chain_inserts(writers, asked.seconds)
        kept = kept and (speed >= CHAIN_INSERTS_A_SECOND or connection.vendor == "sqlite")
        print(
            f"chain inserts{'':11}{speed:8.0f} a second from {writers} (goal {CHAIN_INSERTS_A_SECOND})"
        )
    if asked.verified:
        verifier(asked.verified)
    return (not asked.log or log_of_a_person(asked.log)) and kept


def prepared(environment: dict[str, str]) -> None:
    manage = [sys.executable, "manage.py"]
    for words in (["migrate", "-v0"], ["createcachetable"], ["sample_data", "--size", "practice"]):
        subprocess.run(
            [*manage, *words], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--verified", type=int, default=47_000)
    parser.add_argument("--log", type=int, default=1_000_000)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="advisory-audit-") as folder:
        os.environ |= {"ADVISORY_DATA": folder, "STATIC_FROM_SOURCE": "1"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "advisory.settings"
        prepared(dict(os.environ))
        django.setup()
        kept = measure(asked)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
