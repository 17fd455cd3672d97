"""Two processes on one database that really lies on a disk or a server, told what to do at once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[2]


class Racer:
    def __init__(self, database_url: str, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.long.booking_racer"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": database_url,
                "ADVISORY_DATA": str(data),
                "DJANGO_SETTINGS_MODULE": "advisory.settings",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, **order: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def ask(self, **order: Any) -> Any:
        self.tell(**order)
        return self.answer()

    def stop(self) -> None:
        self.process.communicate(timeout=30)


class Race:
    """Two racers, two cases, one adviser and one room on a day a month from now."""

    def __init__(self, first: Racer, second: Racer) -> None:
        self.racers = (first, second)
        self.day = (timezone.localdate() + timedelta(days=30)).isoformat()
        self.cases = first.ask(do="prepare")

    def both(self, *orders: dict[str, Any]) -> list[Any]:
        """Both begin at once; their answers in order."""
        for racer, order in zip(self.racers, orders, strict=True):
            racer.tell(day=self.day, **order)
        return [racer.answer() for racer in self.racers]

    def book_the_same_slot(self, rounds: int) -> None:
        """In every round exactly one wins, the other is told why, and nothing else is left."""
        orders = [{"do": "book", "case": case, "clock": "10:00"} for case in self.cases]
        for number in range(rounds):
            answers = self.both(*orders)
            won = [answer for answer in answers if len(answer) == 36]
            lost = [answer for answer in answers if answer.startswith("taken")]
            assert (len(won), len(lost)) == (1, 1), (number, answers)
            assert self.racers[0].ask(do="count") == [1, 18], number
            winner = self.racers[answers.index(won[0])]
            called_off = winner.ask(do="cancel", day=self.day, clock="10:00", appointment=won[0])
            assert called_off == "cancelled", (number, called_off)

    def swap(self, rounds: int) -> None:
        """Two who want each other's time are both refused; nobody waits for the other for ever."""
        clocks = ("10:00", "10:30")
        booked = [
            racer.ask(do="book", case=case, clock=clock, day=self.day)
            for racer, case, clock in zip(self.racers, self.cases, clocks, strict=True)
        ]
        orders = [
            {"do": "move", "appointment": appointment, "clock": clock}
            for appointment, clock in zip(booked, reversed(clocks), strict=True)
        ]
        for number in range(rounds):
            answers = self.both(*orders)
            assert all(answer.startswith("taken") for answer in answers), (number, answers)
        assert self.racers[0].ask(do="count") == [2, 36]


@contextmanager
def race(folder: Path, engine: str | None = None) -> Iterator[Race]:
    """A race on this engine, or on the one the suite runs on.

    On SQLite a fresh file; on PostgreSQL the suite's test database, which `transactional_db`
    empties afterwards.
    """
    engine = engine or connection.vendor
    url = f"sqlite:///{folder / 'race.sqlite3'}"
    if engine == "postgresql":
        parts = urlsplit(os.environ["DATABASE_URL"])
        url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    racers = [Racer(url, folder), Racer(url, folder)]
    try:
        yield Race(*racers)
    finally:
        for racer in racers:
            racer.stop()
