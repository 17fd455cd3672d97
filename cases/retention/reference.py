"""The periods every unit starts with. No period of its own is found for this field: a proposal.

A mistake in keeping can be mended, a mistake in deleting can not: where there is a sender, the case
must be archived first until the unit has looked at its archive plan and says otherwise.
"""

from datetime import date

from cases.casework.models import BasisKind
from cases.retention.models import Clock, RetentionRule

SINCE = date(2020, 1, 1)
TO_BE_CHECKED = "Forslag, ikke fastsatt noe sted; må kontrolleres mot kommunens arkivplan"
ALL_KINDS = ""
# kind → months, whether archived first
SHARED_RULES = {ALL_KINDS: (24, True), BasisKind.OWN_WISH: (12, False)}


def load_retention_rules() -> None:
    """Loaded once, and again without harm: a rule that stands is left as it is."""
    for kind, (months, archive_first) in SHARED_RULES.items():
        RetentionRule.objects.get_or_create(
            unit=None,
            basis_kind=kind,
            valid_from=SINCE,
            defaults={
                "clock": Clock.CLOSING_OR_DEADLINE,
                "months": months,
                "archive_first": archive_first,
                "source": TO_BE_CHECKED,
            },
        )
