"""Tables for spreadsheets: CSV whose cells can never become a formula.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, the sign by which
people tell a spreadsheet "this is text". It stays readable («'−5», «'+47 900 00 000»), and
`original` gives back what was written.
"""

import csv
import io
from collections.abc import Iterable, Sequence

# The last four are the full-width twins, which some programs fold into the plain signs.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
MARK = "'"
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


def inert(text: str) -> str:
    """The cell as it is written. Blanks before a sign do not hide it."""
    begins = text.lstrip(" \u00a0")
    return MARK + text if begins.startswith(TRIGGERS) or text.startswith(MARK) else text


def original(cell: str) -> str:
    """What `inert` was given."""
    return cell.removeprefix(MARK)


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Semicolons and UTF-8 with a mark, as spreadsheets in Norway open without questions."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([inert(name) for name in header])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + file.getvalue()).encode()
