"""The municipalities in force on 1 January 2026 (Statistics Norway, classification 131)."""

import csv
from datetime import date
from pathlib import Path

from cases.units.models import Municipality

DATA = Path(__file__).parent / "data" / "municipalities.csv"
IN_FORCE_FROM = date(2024, 1, 1)


def load_municipalities() -> None:
    """Loaded once, and again without harm."""
    known = set(Municipality.objects.values_list("number", flat=True))
    with DATA.open(encoding="utf-8", newline="") as file:
        Municipality.objects.bulk_create(
            Municipality(
                number=row["number"],
                name=row["name"],
                county=row["county"],
                valid_from=IN_FORCE_FROM,
            )
            for row in csv.DictReader(file)
            if row["number"] not in known
        )
