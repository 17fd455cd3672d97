"""Reminders while everything breaks: `python -m bench.reminders.chaos [--people 1000] [--no-key]`.

Needs DATABASE_URL (PostgreSQL) and REDIS_URL; `python -m tools.services -- …` starts both. Three
Celery workers with two processes each and a beat send through a gateway that refuses 5 %, answers
3 % too late and drops 2 %. Every 0.3 seconds one process is killed with SIGKILL: a worker's child,
every twentieth time a whole worker, every fiftieth time the beat. Time-outs, leases and pauses are shortened twenty times.

Prints one JSON line and ends with 0 only if nobody got two messages and no row is silent: each is
sent, or says why not and has a task. With --no-key the gateway takes a repeated message for a new
one, so that what is unclear must be left to a person.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.reminders.house import House, fresh_database, gateway
from tools.processes import stop_groups

KILL_EVERY_SECONDS = 0.3
WHOLE_WORKER_EVERY = 20
BEAT_EVERY = 50
TIME_FACTOR = 0.05
ANSWERS_LATE_MS = 900  # the sender waits 500 ms
FAULTS = ["--refused", "0.05", "--late", "0.03", "--dropped", "0.02"]
OPEN = {"planned", "claimed", "unclear"}
SENT = {"handed_over", "delivered"}
# Rows that are neither sent nor open and have nobody who must look after them.
SILENT = """
SELECT count(*) FROM reminders_message m
JOIN appointments_appointment a ON a.id = m.appointment_id
WHERE m.state NOT IN ('handed_over', 'delivered')
AND (m.reason = '' OR NOT EXISTS (SELECT 1 FROM casework_task t WHERE t.case_id = a.case_id))
"""


class Processes:
    """Workers and beat under a supervisor: what is gone, killed or given up, is started again."""

    def __init__(self, house, dice, count=3):
        self.house, self.dice = house, dice
        self.workers = [house.worker(concurrency=2) for _ in range(count)]
        self.beat = house.beat()
        self.kills = Counter()

    def kill_one(self):
        """A child of a worker; now and then a whole worker or the beat."""
        self.supervise()
        ready = [w for w in self.workers if self.house.is_ready(w)]
        number = self.kills.total() + 1
        if number % BEAT_EVERY == 0:
            self.kill_group("beat", self.beat)
        elif number % WHOLE_WORKER_EVERY == 0 and len(ready) > 1:
            self.kill_group("workers", self.dice.choice(ready))
        elif children := [child for worker in ready for child in children_of(worker.pid)]:
            kill(self.dice.choice(children))
            self.kills["children"] += 1

    def kill_group(self, what, process):
        stop_groups([process], 0)
        self.kills[what] += 1

    def supervise(self):
        self.workers = [
            worker if worker.poll() is None else self.house.worker(concurrency=2)
            for worker in self.workers
        ]
        if self.beat.poll() is not None:
            self.beat = self.house.beat()

    def stop(self):
        stop_groups([*self.workers, self.beat], 10)


def children_of(pid):
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(server_url, redis_url, people=1000, honours_key=True, seconds=240, seed=1):
    """Let it break until no row is open, or until the time is up; what came of it."""
    options = [
        *FAULTS,
        "--latency-ms",
        "50",
        "--late-ms",
        str(ANSWERS_LATE_MS),
        "--seed",
        str(seed),
    ]
    if not honours_key:
        options.append("--no-key")
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(server_url, Path(folder)) as database_url,
        gateway(*options) as (sms_url, stats),
    ):
        house = House(
            database_url, folder, redis_url, SMS_URL=sms_url, SMS_TOKEN="t" * 20,
            SMS_HONOURS_KEY=int(honours_key), REMINDER_TIME_FACTOR=TIME_FACTOR, NUDGE_SECONDS=0.2,
        )  # fmt: skip
        house.prepare(people)
        running = Processes(house, random.Random(seed))
        started = time.monotonic()
        try:
            break_until_settled(house, running, people, started + seconds)
        finally:
            running.stop()
        return {
            "people": people,
            "honours_key": honours_key,
            "seconds": round(time.monotonic() - started, 1),
            "killed": dict(running.kills),
            **came_of_it(house, stats()),
        }


def break_until_settled(house, running, people, until):
    looked_at = 0.0
    while time.monotonic() < until:
        time.sleep(KILL_EVERY_SECONDS)
        running.kill_one()
        if time.monotonic() - looked_at > 2:
            looked_at = time.monotonic()
            states = house.states()
            if sum(states.values()) == people and not OPEN & states.keys():
                return


def came_of_it(house, seen):
    states = house.states()
    marked = {
        str(i)
        for (i,) in house.query(
            "SELECT id FROM reminders_message WHERE state IN ('handed_over', 'delivered')"
        )
    }
    accepted = set(seen["keys"])
    return {
        "states": states,
        "requests": seen["requests"],
        "twice": seen["twice"],
        "open": sum(states.get(state, 0) for state in OPEN),
        "silent": house.query(SILENT)[0][0],
        "marked_but_never_accepted": len(marked - accepted),
        "accepted_but_left_to_a_person": len(accepted - marked),
        "once_unclear": house.query(
            "SELECT count(*) FROM reminders_message WHERE unclear_since IS NOT NULL"
        )[0][0],
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--no-key", action="store_true")
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not server_url.startswith("postgres") or not redis_url:
        sys.exit("DATABASE_URL must name a PostgreSQL server and REDIS_URL a Redis.")
    result = run(
        server_url, redis_url, options.people, not options.no_key, options.seconds, options.seed
    )
    print(json.dumps(result))
    return (
        0 if not (result["twice"] or result["silent"] or result["marked_but_never_accepted"]) else 1
    )


if __name__ == "__main__":
    sys.exit(main())
