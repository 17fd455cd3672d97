"""Register a referral by hand: the form has just the fields its legal basis asks for."""

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.actions import FindDetails, OrderDetails, ReferralDetails
from cases.casework.models import BasisKind, LegalBasis, OrderGiven, Sender
from cases.core.dates import AmbiguousLocalTime, NonexistentLocalTime, to_utc
from cases.core.forms import RowChoiceField, TypedDateField, TypedTimeField
from cases.core.layout import Row, Section
from cases.people.forms import CONTACT_SECTION, PERSON_SECTION, NewPersonFields
from cases.units.models import Unit

MOST_ATTENDANCES = 20
SENDER_FIELDS = ("sender", "sender_reference", "decided_on", "deadline_on")
ORDER_FIELDS = (
    "found_on", "found_clock", "found_where", "ordered_on", "ordered_clock", "ordered_how",
)  # fmt: skip


class ReferralForm(NewPersonFields):
    received_on = TypedDateField(label=_("Received"), past_only=True)
    sender = RowChoiceField(label=_("Sender"), queryset=None, empty_label=_("Choose"))
    sender_reference = forms.CharField(label=_("The sender's reference"), max_length=60)
    decided_on = TypedDateField(label=_("Date of the decision"), past_only=True)
    deadline_on = TypedDateField(label=_("Deadline for attending"))
    attendances_required = forms.IntegerField(
        label=_("Required attendances"), min_value=1, max_value=MOST_ATTENDANCES
    )
    found_on = TypedDateField(label=_("Found on"), past_only=True)
    found_clock = TypedTimeField(label=_("Found at"))
    found_where = forms.CharField(label=_("Found where"), max_length=200)
    ordered_on = TypedDateField(label=_("Order given on"), past_only=True)
    ordered_clock = TypedTimeField(label=_("Order given at"))
    ordered_how = forms.ChoiceField(
        label=_("How the order was given"), choices=OrderGiven, widget=forms.RadioSelect
    )
    assigned_to = RowChoiceField(
        label=_("Adviser"), queryset=None, required=False, empty_label=_("Not assigned")
    )
    use_existing = forms.BooleanField(
        label=_("It is the same person: register the referral on the person we have"),
        required=False,
    )

    def __init__(self, *args: Any, unit: Unit, basis: LegalBasis, by: User, **kwargs: Any) -> None:
        self.unit, self.basis = unit, basis
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["assigned_to"].queryset = User.objects.advisers_of(unit, today)
        self.fields["assigned_to"].initial = by.pk
        self.fields["received_on"].initial = today
        self.fields["attendances_required"].initial = basis.attendances
        self._fit_to_basis()
        # Once offered and ticked it stays, also when something else is wrong.
        self.show_existing = bool(self.data.get("use_existing"))

    def _fit_to_basis(self) -> None:
        """Take away what this basis does not ask for."""
        if self.basis.has_sender:
            senders = Sender.objects.in_use().filter(kind=self.basis.sender_kind)
            self.fields["sender"].queryset = senders
        else:
            self._drop(SENDER_FIELDS)
        if not self.basis.records_finds:
            self._drop(ORDER_FIELDS)
        if self.basis.kind == BasisKind.POLICE_ORDER:
            self.fields.pop("decided_on")
            self.fields["deadline_on"].label = _("Time limit of the order")

    def _drop(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.fields.pop(name)

    @property
    def layout(self) -> tuple[Any, ...]:
        return (*self._about_the_referral(), *self._about_the_person())

    @property
    def referral_part(self) -> FormHelper:
        """The page draws this, then the lines of the find, then the person."""
        return self.drawn(self._about_the_referral())

    @property
    def person_part(self) -> FormHelper:
        return self.drawn(self._about_the_person())

    def _about_the_referral(self) -> list[Any]:
        referral: list[Any] = ["received_on"]
        if self.basis.has_sender:
            referral = [Row("sender", "sender_reference"), Row("received_on", "deadline_on")]
        if "decided_on" in self.fields:
            referral.append("decided_on")
        sections = [Section(_("The referral"), *referral, "attendances_required")]
        if self.basis.records_finds:
            sections.append(
                Section(
                    _("The find and the order"),
                    Row("found_on", "found_clock"),
                    "found_where",
                    Row("ordered_on", "ordered_clock"),
                    "ordered_how",
                )
            )
        return sections

    def _about_the_person(self) -> list[Any]:
        existing = ["use_existing"] if self.show_existing else []
        whose = Section(_("Who has the case"), "assigned_to")
        return [PERSON_SECTION, *existing, CONTACT_SECTION, whose]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._not_before(
            "deadline_on", "received_on", _("The deadline comes before the day it was received.")
        )
        self._not_before("received_on", "decided_on", _("It was received before it was decided."))
        self._not_before(
            "received_on", "birth_date", _("It was received before the person was born.")
        )
        if self.basis.records_finds:
            self._clean_order()
        return data

    def _not_before(self, name: str, earlier: str, sentence: Any) -> None:
        last, first = self.cleaned_data.get(name), self.cleaned_data.get(earlier)
        if last and first and last < first:
            self.add_error(name, sentence)

    def _clean_order(self) -> None:
        found = self._moment("found_on", "found_clock")
        ordered = self._moment("ordered_on", "ordered_clock")
        if found and ordered and ordered < found:
            self.add_error("ordered_clock", gettext("The order can not come before the find."))
        for name, moment in (("found_clock", found), ("ordered_clock", ordered)):
            if moment and moment > timezone.now():
                self.add_error(name, gettext("This time has not been yet."))
        self._not_before(
            "received_on", "ordered_on", _("It was received before the order was given.")
        )
        self.cleaned_data |= {"found_at": found, "ordered_at": ordered}

    def _moment(self, day_name: str, clock_name: str) -> datetime | None:
        day, clock = self.cleaned_data.get(day_name), self.cleaned_data.get(clock_name)
        if day is None or clock is None:
            return None
        try:
            return to_utc(day, clock)
        except (NonexistentLocalTime, AmbiguousLocalTime) as error:
            self.add_error(clock_name, ValidationError(str(error)))
            return None

    def referral(self, finds: list[FindDetails]) -> ReferralDetails:
        """The domain's values, once this form and the finds are valid."""
        data = self.cleaned_data
        order = None
        if self.basis.records_finds:
            order = OrderDetails(
                found_at=data["found_at"],
                found_where=data["found_where"],
                ordered_at=data["ordered_at"],
                ordered_how=data["ordered_how"],
                finds=finds,
            )
        return ReferralDetails(
            legal_basis=self.basis,
            received_on=data["received_on"],
            attendances_required=data["attendances_required"],
            sender=data.get("sender"),
            sender_reference=data.get("sender_reference", ""),
            decided_on=data.get("decided_on"),
            deadline_on=data.get("deadline_on"),
            order=order,
        )
