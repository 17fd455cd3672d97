"""How near the sender comes to the limit: `python -m bench.reminders.throughput [-n 2000] [--rounds 3]`.

Needs DATABASE_URL of a PostgreSQL (`python -m tools.services --durable -- …` starts one). A gateway
that answers after 50 ms, 100 in flight; limit and sender take turns on the same server, and the
median of the ratios counts. Goal: at least 0.7. Sent, distinct and marked must be the same number.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.reminders.house import House, fresh_database, gateway

GOAL = 0.7


def one_round(server_url, count, latency_ms):
    """What the limit and the sender did, one after the other, on fresh databases."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(server_url, Path(folder)) as database_url,
        gateway("--latency-ms", str(latency_ms)) as (limit_url, _stats),
        gateway("--latency-ms", str(latency_ms)) as (url, stats),
    ):
        house = House(database_url, folder, SMS_URL=url, SMS_TOKEN="t" * 20)
        house.prepare(count, plan=True)
        limit = json.loads(
            house.run(
                "-m",
                "bench.reminders.limit",
                "--url",
                limit_url,
                "--db",
                database_url,
                "-n",
                str(count),
            )
        )
        sender = json.loads(house.run("-m", "bench.reminders.sweep"))
        seen = stats()
        marked = house.states().get("handed_over", 0)
        same = sender["sent"] == seen["accepted"] == seen["distinct"] == marked == count
    return {"limit": limit, "sender": sender, "marked": marked, "same": same}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=50)
    options = parser.parse_args()
    server_url = os.environ.get("DATABASE_URL", "")
    if not server_url.startswith("postgres"):
        sys.exit("DATABASE_URL must name a PostgreSQL server.")
    rounds = [one_round(server_url, options.n, options.latency_ms) for _ in range(options.rounds)]
    ratios = [r["sender"]["per_second"] / r["limit"]["per_second"] for r in rounds]
    result = {
        "what": "reminders against the claim-send-mark limit",
        "ratio": round(median(ratios), 3),
        "goal": GOAL,
        "met": median(ratios) >= GOAL and all(r["same"] for r in rounds),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "messages": options.n,
        "limit_per_second": median(r["limit"]["per_second"] for r in rounds),
        "sent_per_second": median(r["sender"]["per_second"] for r in rounds),
        "limit_cpu_ms": median(r["limit"]["cpu_ms_per_message"] for r in rounds),
        "sender_cpu_ms": median(r["sender"]["cpu_ms_per_message"] for r in rounds),
        "sent_is_distinct_is_marked": all(r["same"] for r in rounds),
    }
    print(json.dumps(result))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
