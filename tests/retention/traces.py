"""Where a case could leave a trace outside the database: files, the log, what the broker holds."""

import logging
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from django.conf import settings

from advisory.celery import app as celery_app
from advisory.logs import ContentFreeFormatter

QUEUE = "traces-of-a-case"
# kombu packs what a task is given.
PACKED = re.compile(rb'"body": ?"([A-Za-z0-9+/=]+)"')


@contextmanager
def logged_to(path: Path) -> Iterator[None]:
    """The log as production writes it: its own formatter, its own levels, kept in a file."""
    handler = logging.FileHandler(path)
    handler.setFormatter(ContentFreeFormatter("{levelname} {name} {message}", style="{"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


@contextmanager
def broker(folder: Path) -> Iterator[Any]:
    """A connection to the broker that is configured; where that is a folder, to one of its own."""
    control = folder / "control"
    control.mkdir()
    own = {
        "data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(control)
    }  # fmt: skip
    options = {} if settings.REDIS_URL else own
    with celery_app.connection_for_write(transport_options=options) as connection:
        try:
            yield connection
        finally:
            connection.default_channel.queue_purge(QUEUE)


def send(connection: Any, task: str, *given: str) -> None:
    celery_app.send_task(task, args=given, queue=QUEUE, connection=connection)


def nudge_everybody(connection: Any) -> int:
    """What beat sends in one round: how many nudges."""
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    for task in tasks:
        send(connection, task)
    return len(tasks)


def waiting_in(connection: Any) -> int:
    size: int = connection.default_channel._size(QUEUE)
    return size


def holding(needles: tuple[bytes, ...], *folders: Path) -> list[str]:
    """The files and the keys of Redis that hold one of these."""
    return sorted(
        name
        for name, content in (*_files(folders), *_keys_of_redis())
        if any(needle in content or needle in _unpacked(content) for needle in needles)
    )


def _unpacked(content: bytes) -> bytes:
    return b"\n".join(b64decode(body) for body in PACKED.findall(content))


def _files(folders: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    for path in (path for folder in folders for path in folder.rglob("*")):
        try:
            yield str(path), path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            continue  # a folder, or another test's and gone already


def _keys_of_redis() -> Iterator[tuple[str, bytes]]:
    if not settings.REDIS_URL:
        return
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        read: dict[bytes, Any] = {
            b"string": lambda key: [client.get(key)],
            b"list": lambda key: client.lrange(key, 0, -1),
            b"set": client.smembers,
            b"zset": lambda key: client.zrange(key, 0, -1),
            b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
        }
        for key in client.scan_iter():
            values = read.get(client.type(key), lambda key: [])(key)
            yield f"redis {key!r}", b"\n".join([key, *(value or b"" for value in values)])
