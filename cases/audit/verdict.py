"""What the verifier says about the whole log: every chain, held against what was anchored."""

from pathlib import Path

from cases.audit.anchors import FILES
from cases.audit.verify import Report, verify, verify_with


def is_anchored(place: Path) -> bool:
    """Whether there is anything to hold the chains against: a file of anchors, or a folder of them."""
    return place.is_file() or any(place.glob(FILES))


def verdict(place: Path) -> Report:
    """What is broken twice in a row: while somebody works, a chain grows between two queries, and
    its end looks cut off for that moment. Raises OSError where the anchors can not be read.
    """
    report = _look(place)
    if not report.breaks and not report.faults:
        return report
    again = _look(place)
    again.breaks = [broken for broken in again.breaks if broken in report.breaks]
    again.faults = [fault for fault in again.faults if fault in report.faults]
    return again


def _look(place: Path) -> Report:
    return verify_with(place) if is_anchored(place) else verify()
