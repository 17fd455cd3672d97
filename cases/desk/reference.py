"""Everything the program ships as dated rows, in the order the rows need."""

from cases.casework.reference import load_law
from cases.letters.reference import load_texts
from cases.reminders.reference import load_rules
from cases.retention.reference import load_retention_rules
from cases.statistics.reference import load_figures
from cases.units.reference import load_municipalities


def load_reference_data() -> None:
    """Loaded once, and again without harm."""
    load_municipalities()
    load_law()
    load_texts()
    load_rules()
    load_figures()
    load_retention_rules()
