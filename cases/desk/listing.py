"""Which cases a list shows: a scope, a state, a page. Nothing that names a person is in the address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.audit.record import record
from cases.casework.models import Case, CaseQuerySet
from cases.casework.states import STATES, State, in_state, state_of

PER_PAGE = 25
# Counting stops here: "more than 1,000" tells as much, and costs the same in every unit.
COUNTED_AT_MOST = 1000


class Scope(models.TextChoices):
    MINE = "mine", _("Mine")
    UNIT = "unit", _("The whole unit")
    UNASSIGNED = "unassigned", _("Not assigned")
    CLOSED = "closed", _("Closed")


class ListForm(forms.Form):
    scope = forms.ChoiceField(choices=Scope, required=False)
    state = forms.ChoiceField(
        label=_("What is next"),
        required=False,
        choices=[("", _("Everything")), *((s.code, s.name) for s in STATES if s.code != "closed")],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def scope_value(self) -> str:
        chosen = self.cleaned_data.get("scope") if self.is_valid() else ""
        return chosen or Scope.MINE

    @property
    def state_value(self) -> str:
        return self.cleaned_data.get("state", "") if self.is_valid() else ""

    def filter(self, cases: CaseQuerySet, now: datetime) -> CaseQuerySet:
        """The cases of this scope and state; an unknown choice falls back to the first one."""
        match self.scope_value:
            case Scope.CLOSED:
                return cases.closed().order_by("-closed_at", "-pk")
            case Scope.UNASSIGNED:
                cases = cases.open().unassigned()
            case Scope.UNIT:
                cases = cases.open()
            case _:
                cases = cases.open().assigned_to(self.user)
        if self.state_value:
            cases = in_state(cases, self.state_value, now)
        return cases.most_urgent_first()


@dataclass(frozen=True)
class Row:
    """One line of a list: the case, its state and how urgent it is."""

    case: Case
    state: State
    urgency: str  # passed, soon, later or none


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    page: Any
    count: int
    is_more: bool


class CappedPaginator(Paginator):
    @property
    def count(self) -> int:  # type: ignore[override]
        if not hasattr(self, "_count"):
            cases: CaseQuerySet = self.object_list  # type: ignore[assignment]
            self._count = cases[: COUNTED_AT_MOST + 1].count()
        return self._count


def list_page(cases: CaseQuerySet, page_number: str, now: datetime) -> Listing:
    """One page of rows. Two queries, however many cases there are."""
    paginator = CappedPaginator(cases.with_row_facts(), PER_PAGE)
    page = paginator.get_page(page_number[:9])
    rows = rows_of(list(page.object_list), now)
    count = paginator.count
    return Listing(rows, page, min(count, COUNTED_AT_MOST), count > COUNTED_AT_MOST)


def rows_of(cases: list[Case], now: datetime) -> list[Row]:
    return [Row(case, state_of(case, now), urgency_of(case, now)) for case in cases]


def urgency_of(case: Case, now: datetime) -> str:
    if case.next_due_at is None:
        return "none"
    if case.next_due_at <= now:
        return "passed"
    return "soon" if (case.next_due_at - now).days < 3 else "later"


def record_list(user: User, cases: list[Case], purpose: str) -> None:
    """Every person a list shows is in the log: one event per unit."""
    for unit in {case.unit_id for case in cases}:
        persons = {case.person_id for case in cases if case.unit_id == unit}
        record("cases.listed", by=user, unit=unit, persons=persons, purpose=purpose)
