"""The broker of files, for where there is no Redis: kombu's own, but nothing half-written is read.

Beat and worker start at the same moment. kombu's reader may meet a message or a list of queues that
the other is still writing, and the worker ends with it. Here a message appears whole, by renaming,
and an empty list of queues is looked at again a moment later.
"""

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from kombu.transport import filesystem

LOOKS, BETWEEN_SECONDS = 40, 0.05
T = TypeVar("T")


class Channel(filesystem.Channel):  # type: ignore[misc]  # kombu has no types
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        # A reader takes what ends in the queue's name, and so no part.
        part = Path(self.data_folder_out) / f"{name}.part"
        part.write_text(json.dumps(payload), encoding="utf-8")
        part.rename(part.with_name(name))

    def get_table(self, exchange: str) -> Any:
        return patiently(lambda: filesystem.Channel.get_table(self, exchange))

    def _queue_bind(self, *binding: Any) -> None:
        patiently(lambda: filesystem.Channel._queue_bind(self, *binding))


def patiently(read: Callable[[], T]) -> T:
    """Read again while the file is no JSON yet. Raises ValueError when it stays so for two seconds."""
    for _look in range(LOOKS - 1):
        try:
            return read()
        except ValueError:
            time.sleep(BETWEEN_SECONDS)
    return read()


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel
