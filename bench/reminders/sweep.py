"""One sweep of the real sender over what is due, timed: `python -m bench.reminders.sweep [AT]`.

AT is a moment in seconds since 1970 to begin at, so that several begin together.
"""

import json
import sys
import time

import django

django.setup()

import bench.reminders.weekday  # noqa: E402, F401
from cases.reminders.models import Message  # noqa: E402
from cases.reminders.sending import send_due  # noqa: E402

if __name__ == "__main__":
    Message.objects.first()  # connected, as a worker is
    if len(sys.argv) > 1:
        time.sleep(max(0, float(sys.argv[1]) - time.time()))
    started, cpu = time.time(), time.process_time()
    report = send_due()
    print(
        json.dumps(
            {
                "sent": report.handed_over,
                "started": started,
                "ended": time.time(),
                "cpu": time.process_time() - cpu,
            }
        )
    )
