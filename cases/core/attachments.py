"""The one way a file leaves the program: typed, saved instead of shown, and in a sandbox if opened."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from django.http import HttpResponse

STEM_LENGTH = 80
# Letters that no decomposition takes apart.
LATIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t", "ß": "ss"})


@dataclass(frozen=True)
class _Kind:
    content_type: str
    ending: str
    starts_with: bytes = b""


class FileKind(Enum):
    """What may be downloaded. `starts_with` is what every reader knows the kind by."""

    PDF = _Kind("application/pdf", "pdf", b"%PDF-")
    ZIP = _Kind("application/zip", "zip", b"PK")
    # The mark of byte order: without it a spreadsheet program reads æ, ø and å as something else.
    CSV = _Kind("text/csv; charset=utf-8", "csv", b"\xef\xbb\xbf")
    JSON = _Kind("application/json", "json")
    TEXT = _Kind("text/plain; charset=utf-8", "txt")


class WrongContent(ValueError):
    """The bytes are not of the kind they were said to be."""


def attachment(content: bytes, *, stem: str, kind: FileKind) -> HttpResponse:
    """The whole file as an answer, to be saved under `stem` and the kind's own ending.

    All of it is in memory, so that the recorded transaction ends before the first byte leaves.
    Whoever calls this keeps names and numbers of people out of `stem`: file names stay in the list
    of downloads of a browser. Raises WrongContent.
    """
    wanted = kind.value
    if not content.startswith(wanted.starts_with):
        raise WrongContent(kind.name)
    response = HttpResponse(content, content_type=wanted.content_type)
    name = f"{inert_stem(stem)}.{wanted.ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def inert_stem(text: str) -> str:
    """A file name without its ending, of a-z, 0-9 and hyphens: no path, no header, no hidden file."""
    folded = unicodedata.normalize("NFKD", text[: 2 * STEM_LENGTH].casefold().translate(LATIN))
    plain = folded.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:STEM_LENGTH].strip("-") or "file"
