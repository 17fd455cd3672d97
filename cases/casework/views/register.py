"""Register a referral: choose what it rests on, then fill in just what that asks for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, require_in_unit, requires
from cases.accounts.drafts import as_post_data, draft_of, drop_draft
from cases.accounts.roles import Permission
from cases.audit.record import recorded
from cases.casework.actions import AlreadyRegistered, register_referral
from cases.casework.choices import bases_for, existing_person, substances
from cases.casework.forms.finds import FindFormSet
from cases.casework.forms.referral import ReferralForm
from cases.casework.models import Case, LegalBasis
from cases.casework.refusals import NotTheirs, explain
from cases.people.actions import IdentityNumberTaken, add_new_contacts, register_person
from cases.people.models import Person
from cases.units.models import Unit

DRAFT = "referral"


@dataclass
class Entry:
    """The form and its lines of finds, as one thing to fill in."""

    form: ReferralForm
    finds: Any  # a FindFormSet, or None where the basis records no finds

    def is_valid(self) -> bool:
        lines_are_valid = self.finds is None or self.finds.is_valid()
        return self.form.is_valid() and lines_are_valid


@requires(Permission.REGISTER_REFERRALS)
def choose_basis(request: StaffRequest) -> HttpResponse:
    units = bases_for(request.user, timezone.localdate())
    if len(units) == 1 and len(units[0][1]) == 1:
        unit, (basis,) = units[0]
        return redirect("casework:register", unit.pk, basis.pk)
    return render(request, "casework/choose_basis.html", {"units": units})


@requires(Permission.REGISTER_REFERRALS)
def register(request: StaffRequest, unit_id: UUID, basis_id: UUID) -> HttpResponse:
    unit, basis = _unit_and_basis(request, unit_id, basis_id)
    draft = draft_of(request.user, DRAFT, str(basis.pk))
    if request.method == "POST" and "more_finds" not in request.POST:
        entry = _entry(request, unit, basis, request.POST)
        if entry.is_valid() and (case := _save(request, unit, entry)):
            drop_draft(request.user, DRAFT, str(basis.pk))
            return _to_the_case(request, case)
        status = 422
    else:
        entry, status = _entry_to_fill_in(request, unit, basis), 200
    context = {
        "unit": unit,
        "basis": basis,
        "form": entry.form,
        "finds": entry.finds,
        "draft": draft if request.method == "GET" else None,
        "draft_form": DRAFT,
        "draft_about": str(basis.pk),
        "is_continued": "continue" in request.GET,
    }
    return render(request, "casework/register.html", context, status=status)


def _unit_and_basis(
    request: StaffRequest, unit_id: UUID, basis_id: UUID
) -> tuple[Unit, LegalBasis]:
    for unit, bases in bases_for(request.user, timezone.localdate()):
        for basis in bases:
            if (unit.pk, basis.pk) == (unit_id, basis_id):
                require_in_unit(request.user, Permission.REGISTER_REFERRALS, unit.pk)
                return unit, basis
    raise Http404


def _entry(request: StaffRequest, unit: Unit, basis: LegalBasis, data: QueryDict | None) -> Entry:
    form = ReferralForm(data, unit=unit, basis=basis, by=request.user)
    if not basis.records_finds:
        return Entry(form, None)
    lines = FindFormSet(data, prefix="finds", form_kwargs={"substances": substances()})
    return Entry(form, lines)


def _entry_to_fill_in(request: StaffRequest, unit: Unit, basis: LegalBasis) -> Entry:
    """An empty form, the draft when it is to be continued, or the same form with one line more."""
    if request.method == "POST":
        data = request.POST.copy()
        lines = data.get("finds-TOTAL_FORMS", "0")
        data["finds-TOTAL_FORMS"] = str(
            int(lines) + 1 if lines.isdecimal() and len(lines) < 3 else 3
        )
        return _unjudged(_entry(request, unit, basis, data))
    draft = draft_of(request.user, DRAFT, str(basis.pk))
    if draft is not None and "continue" in request.GET:
        return _unjudged(_entry(request, unit, basis, as_post_data(draft)))
    return _entry(request, unit, basis, None)


def _unjudged(entry: Entry) -> Entry:
    """Show what was typed without calling half a form wrong."""
    entry.form.show_without_judging()
    if entry.finds is not None:
        entry.finds.show_without_judging()
    return entry


def _save(request: StaffRequest, unit: Unit, entry: Entry) -> Case | None:
    """Person, referral, find and case in one transaction; None when the form has a new error."""
    finds = entry.finds.details() if entry.finds is not None else []
    form = entry.form
    # Before the rest: that somebody looked stays in the log when the rest is rolled back.
    known = _known_person(request, unit, form)
    try:
        with recorded():
            person = _person(request, unit, form, known)
            return register_referral(
                person=person,
                details=form.referral(finds),
                assigned_to=form.cleaned_data["assigned_to"],
                by=request.user,
            )
    except IdentityNumberTaken:
        _offer_existing(request, unit, form)
    except AlreadyRegistered:
        form.add_error(
            "sender_reference",
            _("This reference is registered for this person already. Look among the cases."),
        )
    except NotTheirs as refusal:
        explain(form, "assigned_to", refusal)
    return None


def _known_person(request: StaffRequest, unit: Unit, form: ReferralForm) -> Person | None:
    """Whom the user has ticked that it is."""
    number = form.cleaned_data["identity_number"]
    if number is None or not form.cleaned_data["use_existing"]:
        return None
    return existing_person(request.user, unit, number.digits)


def _person(request: StaffRequest, unit: Unit, form: ReferralForm, known: Person | None) -> Person:
    if known is not None:
        add_new_contacts(person=known, contacts=form.contacts(), by=request.user)
        return known
    return register_person(
        unit=unit,
        details=form.details(),
        identity_number=form.cleaned_data["identity_number"],
        contacts=form.contacts(),
        by=request.user,
    )


def _offer_existing(request: StaffRequest, unit: Unit, form: ReferralForm) -> None:
    digits = form.cleaned_data["identity_number"].digits
    person = existing_person(request.user, unit, digits)
    if person is None:
        sentence = _("You can not register this number. Ask your leader.")
    else:
        form.show_existing = True
        sentence = _(
            "This number belongs to %(name)s, who is registered here already. Correct the number, "
            "or tick that it is the same person."
        ) % {"name": person.full_name}
    form.add_error("identity_number", sentence)


def _to_the_case(request: StaffRequest, case: Case) -> HttpResponse:
    messages.success(request, _("Case %(number)s is opened.") % {"number": case.number})
    if Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        return redirect(case)
    messages.info(
        request,
        _(
            "The person has a protected address. Those who are cleared for it take the case from here."
        ),
    )
    return redirect("desk:today")
