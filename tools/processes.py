"""Starting and stopping child processes so that none is left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
# Loaded here, not in the child: between fork and exec nothing may be imported.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """To be run in the child: it is told to stop when its parent dies, even by `kill -9`."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def signal_group(child: subprocess.Popen[bytes], which: signal.Signals) -> None:
    """Signal a child that leads a group of its own, and everything it started."""
    try:
        os.killpg(child.pid, which)
    except ProcessLookupError:
        pass


def stop_groups(children: list[subprocess.Popen[bytes]], seconds: float) -> None:
    """Ask all to stop, wait for them together, then take away what is left."""
    for child in children:
        signal_group(child, signal.SIGTERM)
    until = time.monotonic() + seconds
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
    for child in children:
        signal_group(child, signal.SIGKILL)
        child.wait()
