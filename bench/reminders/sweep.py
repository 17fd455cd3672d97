"""One sweep of the real sender over what is due, timed: `python -m bench.reminders.sweep`."""

import json
import time

import django

django.setup()

import bench.reminders.weekday  # noqa: E402, F401
from cases.reminders.sending import send_due  # noqa: E402

if __name__ == "__main__":
    started, cpu = time.perf_counter(), time.process_time()
    report = send_due()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(
        json.dumps(
            {
                "sent": report.handed_over,
                "per_second": round(report.handed_over / seconds, 1),
                "cpu_ms_per_message": round(cpu * 1000 / max(1, report.handed_over), 3),
            }
        )
    )
