"""How near the sender comes to the limit: `python -m bench.reminders.throughput [-n 4000]`.

Needs DATABASE_URL of a PostgreSQL (`python -m tools.services --durable -- …` starts one). A gateway
that answers after 50 ms, and 100 hand-overs in flight: those of the limit, of one worker process, or
of two together. They take turns on the same server; the median of the ratios counts. Goal: at least
0.7 for two, as a worker has. Sent, distinct and marked must be the same number.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.reminders.house import House, fresh_database, gateway

GOAL = 0.7
IN_FLIGHT = 100
SECONDS_TO_START = 6


def measure_limit(server_url, count, latency_ms):
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(server_url, Path(folder)) as database_url,
        gateway("--latency-ms", str(latency_ms)) as (url, _stats),
    ):
        words = ["--url", url, "--db", database_url, "-n", str(count), "-c", str(IN_FLIGHT)]
        return json.loads(House(database_url, folder).run("-m", "bench.reminders.limit", *words))


def measure_senders(server_url, count, latency_ms, senders):
    """This many worker processes over `count` due messages; the time is that of all together."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(server_url, Path(folder)) as database_url,
        gateway("--latency-ms", str(latency_ms)) as (url, stats),
    ):
        house = House(
            database_url, folder, SMS_URL=url, SMS_TOKEN="t" * 20,
            SMS_IN_FLIGHT=IN_FLIGHT // senders,
        )  # fmt: skip
        house.prepare(count, plan=True)
        together = str(time.time() + SECONDS_TO_START)
        sweeps = house.run_together(*[("-m", "bench.reminders.sweep", together)] * senders)
        done = [json.loads(sweep) for sweep in sweeps]
        seen, sent = stats(), sum(d["sent"] for d in done)
        seconds = max(d["ended"] for d in done) - min(d["started"] for d in done)
        marked = house.states().get("handed_over", 0)
    return {
        "per_second": sent / seconds,
        "cpu_ms_per_message": 1000 * sum(d["cpu"] for d in done) / count,
        "same": sent == seen["accepted"] == seen["distinct"] == marked == count,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=50)
    options = parser.parse_args()
    server_url = os.environ.get("DATABASE_URL", "")
    if not server_url.startswith("postgres"):
        sys.exit("DATABASE_URL must name a PostgreSQL server.")
    what = server_url, options.n, options.latency_ms
    rounds = [
        (measure_limit(*what), measure_senders(*what, senders=1), measure_senders(*what, senders=2))
        for _ in range(options.rounds)
    ]
    limit, one, two = (list(column) for column in zip(*rounds, strict=True))
    ratio_of_one = median(
        o["per_second"] / x["per_second"] for o, x in zip(one, limit, strict=True)
    )
    ratio = median(t["per_second"] / x["per_second"] for t, x in zip(two, limit, strict=True))
    same = all(measured["same"] for measured in one + two)
    print(
        json.dumps(
            {
                "what": "reminders against the claim-send-mark limit",
                "ratio": round(ratio, 3),
                "goal": GOAL,
                "met": ratio >= GOAL and same,
                "ratio_of_one_process": round(ratio_of_one, 3),
                "messages": options.n,
                "limit_per_second": round(median(x["per_second"] for x in limit)),
                "one_process_per_second": round(median(o["per_second"] for o in one)),
                "two_processes_per_second": round(median(t["per_second"] for t in two)),
                "cpu_ms_per_message": round(median(o["cpu_ms_per_message"] for o in one), 3),
                "limit_cpu_ms_per_message": median(x["cpu_ms_per_message"] for x in limit),
                "sent_is_distinct_is_marked": same,
            }
        )
    )
    return 0 if ratio >= GOAL and same else 1


if __name__ == "__main__":
    sys.exit(main())
