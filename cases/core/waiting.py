"""What waits for somebody, as one line of a start page: counts, and no content."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """A sentence with its number in it, the page where it is done, and whether it is too late."""

    text: str
    url: str
    is_late: bool = False
