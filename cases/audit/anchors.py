"""The heads of all chains, written where the administrator of the database can not reach.

A chain alone does not show that its tail was cut off or that it was written anew from its beginning.
`AUDIT_ANCHORS` is a folder with one file for each month, `heads-2026-11.jsonl`: a line for each run,
opened for appending only, readable by its owner only. A line holds the heads that moved since the
line before, is signed with a key that is not in the database, and holds the hash of the line before.
The first line of a file holds every head. No line holds content.
"""

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cases.audit.models import Head, Seal
from cases.core.crypto import lookup_hashes

FILES = "heads-*.jsonl"
Place = tuple[int, str]  # a sequence and its hash


@dataclass(frozen=True)
class Line:
    at: datetime
    heads: dict[uuid.UUID, Place]
    seals: dict[uuid.UUID, Place]  # by the id of the seal: where the month ends
    text: str


@dataclass
class Anchors:
    """What stands outside the database, oldest first, and what is wrong with it."""

    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def newest_heads(self) -> dict[uuid.UUID, Place]:
        return {unit: place for line in self.lines for unit, place in line.heads.items()}

    def known_seals(self) -> dict[uuid.UUID, Place]:
        return {seal: place for line in self.lines for seal, place in line.seals.items()}


def folder() -> Path:
    return Path(settings.AUDIT_ANCHORS)


def write_anchor(now: datetime) -> Line:
    """Append one line with the heads that have moved, and tell which. Raises OSError."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"heads-{now:%Y-%m}.jsonl"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        # Beat may run twice: the second one waits, and follows the first one's line.
        fcntl.flock(file, fcntl.LOCK_EX)
        line = _next_line(file, path, now)
        file.write(line.text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def _next_line(file: TextIO, path: Path, now: datetime) -> Line:
    lines = [_parsed(text) for text in file.read().splitlines()]
    known = Anchors(lines)
    before = lines[-1].text if lines else _last_line_before(path)
    anchored, sealed = known.newest_heads(), known.known_seals()
    heads = {
        unit: (sequence, hash_)
        for unit, sequence, hash_ in Head.objects.order_by("unit").values_list()
        if sequence and anchored.get(unit) != (sequence, hash_)
    }
    seals = {
        pk: (sequence, hash_)
        for pk, sequence, hash_ in Seal.objects.values_list("pk", "last_sequence", "last_hash")
        if pk not in sealed
    }
    content = {
        "at": now.isoformat(),
        "heads": {str(unit): place for unit, place in heads.items()},
        "seals": {str(seal): place for seal, place in seals.items()},
        "previous": _hash_of(before),
    }
    return _parsed(_text({**content, "signature": _signature(content, _keys()[0])}))


def _last_line_before(path: Path) -> str:
    earlier = sorted(p for p in path.parent.glob(FILES) if p.name < path.name)
    lines = earlier[-1].read_text("utf-8").splitlines() if earlier else []
    return lines[-1] if lines else ""


def read_anchors(place: Path) -> Anchors:
    """Every line of a folder or of one file; a line that is not ours is a fault."""
    anchors, before = Anchors(), ""
    for path in sorted(place.glob(FILES)) if place.is_dir() else [place]:
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            fault = _fault_of(text, before if anchors.lines else None)
            if fault:
                anchors.faults.append(f"{path.name} line {number}: {fault}")
            else:
                anchors.lines.append(_parsed(text))
            before = text
    return anchors


def _fault_of(text: str, before: str | None) -> str:
    """What is wrong with a line, or nothing. The very first one has nothing to follow."""
    try:
        content = json.loads(text)
        signature = content.pop("signature")
        _parsed(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "is no anchor"
    if not any(hmac.compare_digest(_signature(content, key), signature) for key in _keys()):
        return "was not signed by us"
    if before is not None and content["previous"] != _hash_of(before):
        return "does not follow the one before"
    return ""


def _parsed(text: str) -> Line:
    content = json.loads(text)
    return Line(
        datetime.fromisoformat(content["at"]),
        dict(_places(content["heads"])),
        dict(_places(content["seals"])),
        text,
    )


def _places(values: dict[str, Any]) -> Iterator[tuple[uuid.UUID, Place]]:
    for key, (sequence, hash_) in values.items():
        yield uuid.UUID(key), (sequence, hash_)


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def _hash_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest() if line else ""


def _signature(content: dict[str, Any], key: bytes) -> str:
    return hmac.new(key, _text(content).encode(), hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    """The key that signs, then those that still verify; without an own one, made from `index`."""
    derived = [bytes.fromhex(one) for one in lookup_hashes("audit_anchors", "key")]
    try:
        own = [
            base64.b64decode(key, validate=True)
            for key in settings.AUDIT_ANCHOR_KEY.split(",")
            if key
        ]
    except binascii.Error as error:
        raise ImproperlyConfigured("AUDIT_ANCHOR_KEY: base64 of 32 bytes each.") from error
    if any(len(key) != 32 for key in own):
        raise ImproperlyConfigured("AUDIT_ANCHOR_KEY: base64 of 32 bytes each.")
    return [*own, *derived]
