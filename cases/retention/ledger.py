"""Erased stays erased: a keyed hash of each erased id, in the database and in a file beside it.

Of the ids of rows, not of identity numbers: a backup brings the same rows back, and a person who is
referred anew after the erasure is a new row that nobody may take away.
"""

import json
import os
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from cases.core.crypto import lookup_hashes
from cases.retention.models import ErasedKind, Erasure
from cases.units.models import Unit

PURPOSE = "erased"
MOST_ASKED = 500  # hashes in one query
NEWEST_BYTES = 64 * 1024  # some three hundred lines at the end of the file


def hash_of(kind: str, row: UUID) -> str:
    return hashes_of(kind, row)[0]


def hashes_of(kind: str, row: UUID) -> list[str]:
    """By older index keys as well: a line of the ledger can not be made anew, its row is gone."""
    return lookup_hashes(f"{PURPOSE}:{kind}", str(row))


def note(unit: Unit, kind: str, rows: Collection[UUID], now: datetime) -> None:
    """Inside the transaction of the erasure. A second note of the same row changes nothing."""
    Erasure.objects.bulk_create(
        [
            Erasure(unit=unit, kind=kind, hash=hash_of(kind, row), erased_at=now)
            for row in sorted(rows)
        ],
        ignore_conflicts=True,
    )


def noted(kind: str, rows: Collection[UUID]) -> set[UUID]:
    """Those of the rows that the ledger in the database holds."""
    by_hash = {one: row for row in rows for one in hashes_of(kind, row)}
    found = Erasure.objects.filter(kind=kind, hash__in=by_hash).values_list("hash", flat=True)
    return {by_hash[one] for one in found}


def write_out() -> int:
    """Bring the file up to date: after the commit, and again at every sweep.

    Killed between the file and the mark, it writes the same lines twice: they say the same.
    """
    rows = list(Erasure.objects.filter(in_file_at=None).order_by("pk"))
    if rows:
        _append(rows)
        Erasure.objects.filter(pk__in=[row.pk for row in rows]).update(in_file_at=timezone.now())
    return len(rows)


def _append(rows: Iterable[Erasure]) -> None:
    lines = [
        json.dumps(
            {
                "kind": row.kind,
                "hash": row.hash,
                "at": row.erased_at.isoformat(),
                "unit": str(row.unit_id),
            }
        )
        for row in rows
    ]
    file = os.open(_path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        _write_all(file, ("" if _ends_with_a_line(file) else "\n") + "\n".join(lines) + "\n")
        os.fsync(file)
    finally:
        os.close(file)


def _ends_with_a_line(file: int) -> bool:
    """What was torn off stays a line of its own, and takes none with it."""
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"


def _write_all(file: int, text: str) -> None:
    left = text.encode()
    while left:
        left = left[os.write(file, left) :]


def _path() -> Path:
    return Path(settings.ERASURE_LEDGER)


def known() -> dict[str, set[str]]:
    """Kind → hashes, of the file and the database together; a torn line is passed over."""
    found: dict[str, set[str]] = {kind: set() for kind in ErasedKind.values}
    for kind, one in Erasure.objects.values_list("kind", "hash"):
        found[kind].add(one)
    for line in _lines():
        found.setdefault(line["kind"], set()).add(line["hash"])
    return found


def knows_more() -> bool:
    """Whether the file tells of an erasure that the database has forgotten: it is an older copy.

    Three queries, for every sweep and for /readyz: what an older copy lacks was written last.
    """
    lines = _of_our_units(_newest_lines()) or _of_our_units(_lines())
    hashes = {line["hash"] for line in lines[-MOST_ASKED:]}
    stand = Erasure.objects.filter(hash__in=hashes).values_list("hash", flat=True)
    return not hashes <= set(stand)


def _of_our_units(lines: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Of a unit that the database does not have there is nothing to be erased, either."""
    units = {str(unit) for unit in Unit.objects.values_list("pk", flat=True)}
    return [line for line in lines if line["unit"] in units]


def read_back() -> int:
    """Put what only the file knows into the database again, after an older copy was restored."""
    stand = set(Erasure.objects.values_list("kind", "hash"))
    missing = [
        Erasure(
            unit_id=UUID(line["unit"]),
            kind=line["kind"],
            hash=line["hash"],
            erased_at=datetime.fromisoformat(line["at"]),
            in_file_at=timezone.now(),
        )
        for line in _of_our_units(_lines())
        if (line["kind"], line["hash"]) not in stand
    ]
    Erasure.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def unreadable_lines() -> int:
    """Lines of the file that tell nothing: somebody must look for what they told."""
    return _read()[1]


def _newest_lines() -> list[dict[str, str]]:
    """Those at the end of the file; the first may be cut in two, and is passed over then."""
    if not _path().exists():
        return []
    with _path().open("rb") as file:
        file.seek(max(0, _path().stat().st_size - NEWEST_BYTES))
        return [line for line in map(_line_of, file.read().splitlines()) if line]


def _lines() -> list[dict[str, str]]:
    return _read()[0]


def _read() -> tuple[list[dict[str, str]], int]:
    """What the file says, and how many of its lines say nothing."""
    if not _path().exists():
        return [], 0
    texts = _path().read_bytes().splitlines()
    found = [line for line in map(_line_of, texts) if line]
    return found, len(texts) - len(found)


def _line_of(text: bytes) -> dict[str, str] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    is_ours = isinstance(line, dict) and {"kind", "hash", "at", "unit"} <= line.keys()
    return line if is_ours else None
