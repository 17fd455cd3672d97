"""Read a `Q` against one object, so that one condition serves both a list and a page."""

import operator
from typing import Any

from django.db.models import F, Model, Q

COMPARISONS = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda value, options: value in options,
}


def holds(condition: Q, row: Model) -> bool:
    """Whether the row's own columns meet the condition, with SQL's rule that NULL compares false."""
    results = (_child_holds(child, row) for child in condition.children)
    met = all(results) if condition.connector == Q.AND else any(results)
    return not met if condition.negated else met


def _child_holds(child: Any, row: Model) -> bool:
    if isinstance(child, Q):
        return holds(child, row)
    lookup, expected = child
    return _compare(lookup, expected, row)


def _compare(lookup: str, expected: Any, row: Model) -> bool:
    name, _, comparison = lookup.partition("__")
    value = getattr(row, name)
    if isinstance(expected, F):
        expected = getattr(row, expected.name)  # type: ignore[attr-defined]
    if comparison == "isnull":
        return (value is None) == expected
    if expected is None and comparison in ("", "exact"):
        return value is None
    if value is None or expected is None:
        return False
    return bool(COMPARISONS[comparison or "exact"](value, expected))
