"""Sealed files: kept as text in their row, opened for a download, destroyed when their time is up."""

import base64

from cases.privacy.models import MadeFile


class NoFile(Exception):
    """It is not ready yet, was downloaded already, is deleted, or should be by now."""


def sealed_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def content_of(made: MadeFile) -> bytes:
    """Raises NoFile."""
    if not made.is_ready or not made.file:
        raise NoFile
    return base64.b64decode(made.file)
