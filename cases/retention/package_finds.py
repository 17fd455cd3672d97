"""What a police order adds to the archive package: the find, its thresholds, and who decided why."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.casework.finds import ComparedFind, compare_order, police_order_of
from cases.casework.models import Case, PoliceOrder, ThresholdDecision
from cases.core.dates import local
from cases.core.templatetags.ui import amount

Pairs = tuple[tuple[str, str], ...]


def order_in_codes(case: Case) -> dict[str, Any] | None:
    """For programs: moments in ISO form, codes instead of words. None where nobody ordered."""
    order = police_order_of(case)
    if order is None:
        return None
    return {
        "found_at": order.found_at.isoformat(),
        "found_where": order.found_where,
        "ordered_at": order.ordered_at.isoformat(),
        "ordered_how": order.ordered_how,
        "threshold_table": order.threshold_table.code,
        "threshold_source": order.threshold_table.source,
        "finds": [_find_in_codes(find) for find in compare_order(order).finds],
        "decisions": [
            {
                "decision": decision.decision,
                "reason": decision.reason,
                "decided_at": decision.decided_at.isoformat(),
                "decided_by": decision.decided_by.name,
            }
            for decision in _decisions(case)
        ],
    }


def _find_in_codes(find: ComparedFind) -> dict[str, Any]:
    assert find.finding is not None
    return {
        "substance": find.substance.code if find.substance else None,
        "amount": _digits(find.amount),
        "measured_in": find.substance.measured_in if find.substance else None,
        "use_only": find.finding.use_only,
        "confiscated": find.finding.confiscated,
        "seizure_reference": find.finding.seizure_reference,
        "threshold": _digits(find.threshold),
        "position": find.position.value,
    }


def _digits(number: Decimal | None) -> str | None:
    """Never as a float: an archive keeps what was written."""
    return None if number is None else f"{number.normalize():f}"


def order_in_words(case: Case) -> tuple[Pairs, Pairs]:
    """For people, in the language that is active: facts, and parts of heading and text."""
    order = police_order_of(case)
    if order is None:
        return (), ()
    facts = (
        (_("Found"), _moment(order.found_at)),
        (_("Found where"), str(order.found_where)),
        (_("Order given"), _moment(order.ordered_at)),
        (_("How the order was given"), str(order.get_ordered_how_display())),
    )
    heading = capfirst(str(ThresholdDecision._meta.verbose_name))
    decisions = ((heading, _decision_in_words(one)) for one in _decisions(case))
    return facts, ((_("The find"), "\n".join(_lines_of(order))), *decisions)


def _lines_of(order: PoliceOrder) -> Iterator[str]:
    comparison = compare_order(order)
    for find in comparison.finds:
        yield _find_in_words(find)
    table = order.threshold_table
    yield f"{_('Source')}: {table.name}, {table.source}, {date_format(table.published_on)}"


def _find_in_words(find: ComparedFind) -> str:
    """«Cannabis 25 g. Above, threshold 10 g. Confiscated, B-1»"""
    assert find.finding is not None
    kind = capfirst(find.substance.name if find.substance else _("Unknown kind"))
    unit = find.substance.get_measured_in_display() if find.substance else ""
    limit = _("threshold %(amount)s %(unit)s") % {"amount": amount(find.threshold), "unit": unit}
    seized = (_("Confiscated"), str(find.finding.seizure_reference))
    sentences = (
        f"{kind} {amount(find.amount)} {unit}" if find.amount is not None else kind,
        ", ".join((capfirst(str(find.position.label)), *([limit] if find.threshold else []))),
        ", ".join(filter(None, seized)) if find.finding.confiscated else "",
    )
    return ". ".join(sentence.strip() for sentence in sentences if sentence)


def _decision_in_words(decision: ThresholdDecision) -> str:
    said = capfirst(str(decision.get_decision_display()))
    return (
        f"{said}, {_moment(decision.decided_at)}, {decision.decided_by.name}\n"
        f"{_('Reason')}: {decision.reason}"
    )


def _decisions(case: Case) -> list[ThresholdDecision]:
    """The first one first: the newest counts, and the others were its reasons."""
    rows = case.referral.threshold_decisions.select_related("decided_by")
    decisions = list(rows.order_by("decided_at", "pk"))
    for decision in decisions:
        decision.referral = case.referral  # loaded already, with the person whose key opens it
    return decisions


def _moment(at: datetime) -> str:
    return date_format(local(at), "DATETIME_FORMAT")
