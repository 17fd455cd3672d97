"""Rows gathered by table and written in the order their foreign keys ask for."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import models

from cases.appointments.models import Appointment, Attendance, Booking, Summons
from cases.casework.models import (
    Assignment,
    Case,
    Finding,
    Note,
    PoliceOrder,
    Referral,
    ThresholdDecision,
)
from cases.letters.models import Letter
from cases.people.models import ContactPoint, IdentityNumber, Person, SearchToken
from cases.support.models import AnswerToSender, Closing, Consent, Offer, SenderDecision

ORDER: tuple[type[models.Model], ...] = (
    Person, IdentityNumber, ContactPoint, SearchToken, Referral, PoliceOrder, Finding,
    ThresholdDecision, Case, Assignment, Note, Letter, Appointment, Booking, Summons, Attendance,
    Consent, Offer, AnswerToSender, SenderDecision, Closing,
)  # fmt: skip
ROWS_AT_ONCE = 500


class Batch:
    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)

    def add(self, *rows: models.Model) -> None:
        for row in rows:
            self.rows[type(row)].append(row)

    def add_all(self, rows: Iterable[models.Model]) -> None:
        self.add(*rows)

    def write(self) -> None:
        """Bulk-load everything; whoever calls owns the transaction."""
        unknown = set(self.rows) - set(ORDER)
        assert not unknown, f"no place in the order: {unknown}"
        for model in ORDER:
            model._base_manager.bulk_create(self.rows[model], batch_size=ROWS_AT_ONCE)
        self.rows.clear()
