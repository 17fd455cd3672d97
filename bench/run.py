"""Speed as ratios to the floor: `make bench`, `make bench ARGS="--cases 100000"`.

Pages first, beside Django's own; then what the access log costs them; then reminders, beside the
least that claims, sends and marks. Each says what it is measured against. Ends with 1 when a goal is missed.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    """What is asked for on the command line goes to the pages: they take the longest."""
    benches = [
        ["bench.pages.ratios", *sys.argv[1:]],
        ["bench.audit_cost"],
        ["bench.reminders.throughput"],
    ]
    ended = [
        subprocess.run([sys.executable, "-m", *words], cwd=ROOT).returncode for words in benches
    ]
    sys.exit(max(ended))


if __name__ == "__main__":
    main()
