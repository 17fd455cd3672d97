"""The pages of the main job, each with who opens it and how one gets to see it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from tests.browser import steps
from tools.practice import Practice

KARI = steps.KARI  # adviser, cleared for protected people
LIV = "liv.testberg@example.no"  # leader of the same unit
SIV = "siv.testnes@example.no"  # municipal administrator of the same unit
PAL = "pal.testrud@example.no"  # data protection officer
TOR = "tor.testmoen@example.no"  # takes samples
PER = "per.testvoll@example.no"  # reads figures, sees no case
ADA = "ada.testheim@example.no"  # administrator
NOBODY = ""

# One case of Kari's unit for each state that she may open without more ado, and what else the
# addresses name. Where she has none of a state, the one there is becomes hers.
FIND = """
import json
from django.utils import timezone
from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.models import Case, LegalBasis
from cases.casework.states import state_of
from cases.privacy.actions import (
    ErrorDetails, register_access_request, request_export, tell_sent_in_error)
from cases.privacy.exporting import ExportWish
from cases.support.models import Offer
from cases.units.models import Unit
from cases.oversight.actions import stop_reading
from cases.people.actions import break_glass, end_glass
now, unit = timezone.now(), Unit.objects.get(code="NOR")
found = {"unit": str(unit.pk)}
for basis in LegalBasis.objects.for_unit(unit, now.date()):
    found[basis.kind] = str(basis.pk)
kari = User.objects.get(email="kari.testdal@example.no")
cases = list(Case.objects.filter(unit=unit).select_related("person", "referral").order_by("serial"))
for case in sorted(cases, key=lambda c: (c.person.is_protected, c.assigned_to_id != kari.pk)):
    code = state_of(case, now).code
    if code not in found:
        found[code] = str(case.pk)
        Case.objects.filter(pk=case.pk).exclude(assigned_to=None).update(assigned_to=kari)
    if case.person.is_protected:
        found["protected"] = str(case.pk)
        Case.objects.filter(pk=case.pk).update(assigned_to=kari)
taken = set(found.values())
theirs = [c for c in cases if str(c.pk) not in taken and c.assigned_to_id not in (None, kari.pk)]
found["colleagues"] = str(theirs[0].pk)
found["person"] = str(Case.objects.get(pk=found["help_running"]).person_id)
found["kari"] = str(kari.pk)
found["membership"] = str(kari.memberships.get().pk)
found["led"] = str(theirs[1].pk)
liv = User.objects.get(email="liv.testberg@example.no")
Case.objects.filter(pk=theirs[1].pk).update(assigned_to=liv)
error = dict(kind="other", about=None, sent_at=now, found_at=now, recipients="Naboen",
    what_happened="Brevet lå i feil postkasse.", stop_messages=True, stop_contact=None)
deviation = tell_sent_in_error(
    case=Case.objects.get(pk=found["led"]), details=ErrorDetails(**error), by=liv)
found["deviation"] = str(deviation.pk)
wish = ExportWish("all", None, None, "Flytting til nytt arkiv")
found["export"] = str(request_export(unit=unit, wish=wish, by=liv).pk)
register_access_request(case=Case.objects.get(pk=found["led"]), asked_on=now.date(),
    language="nb", with_names=False, by=liv)
# What the pages of the log have to show.
seen = Case.objects.select_related("person").get(pk=found["help_running"])
jon = User.objects.get(email="jon.testvik@example.no")
with recorded(client="web"):
    for tier, reason in (("declared", "covering"), ("normal", ""), ("declared", "checking")):
        record("case.viewed", by=jon, unit=unit.pk, target=seen, persons=[seen.person_id],
               tier=tier, reason=reason, purpose="desk:case")
    record("cases.listed", by=kari, unit=unit.pk, persons=[c.person_id for c in cases[:9]],
           purpose="desk:cases")
secret = Case.objects.select_related("person").get(pk=found["protected"])
glass = break_glass(person=secret.person, case_number=secret.number, reason="Fare for liv", by=jon)
end_glass(by=jon)
stop_reading(user=jon, unit_id=unit.pk, people=61, by=jon)
found["glass"] = str(glass.pk)
offer = Offer.objects.filter(case=found["help_running"], reply="accepted", result="").first()
found["offer"] = str(offer.pk)
found |= {"year": str(now.year), "month": str(now.month)}
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Shown:
    """`path` names in braces what `addresses` finds; `look` comes after the page is open; `part` is
    all that is looked at, when something lies over the rest of the page.
    """

    name: str
    path: str
    who: str = KARI
    look: Callable[[Page], None] | None = None
    part: str = ""


def addresses(practice: Practice) -> dict[str, str]:
    """State of a case, or kind of a row, to the id that stands in addresses."""
    said = practice.manage("shell", "--verbosity", "0", "--command", FIND)
    found: dict[str, str] = json.loads(said)
    return found


def open_page(page: Page, shown: Shown, found: dict[str, str]) -> None:
    page.goto(shown.path.format(**found))
    steps.confirm_if_asked(page)
    if shown.look is not None:
        shown.look(page)


def _search(page: Page) -> None:
    page.fill("#search-words", "test")
    page.locator(".app-search button").click()
    page.wait_for_url("**/search/")


def _send_with_faults(page: Page) -> None:
    steps.send(page)
    page.locator("ds-error-summary").wait_for()


def _show_booked_times(page: Page) -> None:
    steps.fill(page, day=steps.typed(timezone.localdate() + timedelta(days=9)))
    with page.expect_response("**/appointments/book/"):
        page.locator("[name=look]").click()
    page.locator("#booked-times").get_by_text("Kari").wait_for()


def _open_user_menu(page: Page) -> None:
    page.locator("[popovertarget=user-menu]").click()


PAGES = (
    Shown("sign-in", "/account/sign-in/", NOBODY),
    Shown("today", "/"),
    Shown("user-menu", "/", look=_open_user_menu, part="#user-menu"),
    Shown("cases", "/cases/?scope=unit"),
    Shown("search", "/", look=_search),
    Shown("choose-basis", "/cases/new/"),
    Shown("register", "/cases/new/{unit}/{police_order}/"),
    Shown("register-faults", "/cases/new/{unit}/{police_order}/", look=_send_with_faults),
    Shown("decide", "/cases/{find_to_decide}/decide/"),
    Shown("case-find-to-decide", "/cases/{find_to_decide}/"),
    Shown("case-appointment-booked", "/cases/{appointment_booked}/"),
    Shown("case-did-not-come", "/cases/{did_not_come}/"),
    Shown("case-help-running", "/cases/{help_running}/"),
    Shown("case-closed", "/cases/{closed}/"),
    Shown("case-protected", "/cases/{protected}/"),
    Shown("assign", "/cases/{to_be_summoned}/assign/"),
    Shown("declare", "/cases/{colleagues}/"),
    Shown("know-person", "/cases/{to_be_summoned}/i-know/"),
    Shown("opened-by", "/cases/{to_be_summoned}/opened-by/"),
    Shown("break-glass", "/cases/break-glass/"),
    Shown("samples-of-case", "/cases/{to_be_summoned}/samples/"),
    Shown("order-sample", "/cases/{to_be_summoned}/samples/order/"),
    Shown("samples", "/cases/samples/", TOR),
    Shown("note", "/cases/{to_be_summoned}/note/"),
    Shown("add-contact", "/cases/{to_be_summoned}/contact/"),
    Shown("correct-person", "/cases/{to_be_summoned}/person/"),
    Shown("book", "/cases/{to_be_summoned}/appointments/book/", look=_show_booked_times),
    Shown("move", "/cases/{appointment_booked}/appointments/move/"),
    Shown("cancel", "/cases/{appointment_booked}/appointments/cancel/"),
    Shown("summons", "/cases/{summons_to_send}/summons/"),
    Shown("summons-print", "/cases/{summons_to_send}/summons/print/"),
    Shown("attendance", "/cases/{result_missing}/attendance/"),
    Shown("attendance-correct", "/cases/{did_not_come}/attendance/correct/"),
    Shown("help", "/cases/{help_running}/help/"),
    Shown("consent", "/cases/{answer_due}/help/consent/"),
    Shown("consent-withdraw", "/cases/{help_running}/help/consent/withdraw/"),
    Shown("reply", "/cases/{help_running}/help/{offer}/reply/"),
    Shown("result", "/cases/{help_running}/help/{offer}/result/"),
    Shown("answer", "/cases/{answer_due}/answer/"),
    Shown("answer-print", "/cases/{help_running}/answer/page/"),
    Shown("sender-decision", "/cases/{waiting_for_sender}/sender-decision/"),
    Shown("corrections", "/cases/{to_be_summoned}/rights/corrections/"),
    Shown("correct-number", "/cases/{to_be_summoned}/rights/identity-number/"),
    Shown("sent-in-error", "/cases/{appointment_booked}/rights/sent-in-error/"),
    Shown("rights", "/cases/{led}/rights/", LIV),
    Shown("access-request", "/cases/{led}/rights/access/", LIV),
    Shown("restrict", "/cases/{led}/rights/restrict/", LIV),
    Shown("deviation", "/cases/{led}/rights/deviation/{deviation}/", LIV),
    Shown("deviation-print", "/cases/{led}/rights/deviation/{deviation}/page/", LIV),
    Shown("settle", "/cases/{led}/rights/deviation/{deviation}/settle/", LIV),
    Shown("exports", "/exports/", LIV),
    Shown("export-new", "/exports/new/", LIV),
    Shown("export-approve", "/exports/{export}/", SIV),
    Shown("today-leader", "/", LIV),
    Shown("close", "/cases/{ready_to_close}/close/"),
    Shown("log", "/log/", PAL),
    Shown("log-of-case", "/log/cases/{help_running}/", PAL),
    Shown("log-of-employee", "/log/employees/{kari}/", PAL),
    Shown("log-mine", "/log/mine/"),
    Shown("log-review", "/log/review/{unit}/{year}/{month}/", PAL),
    Shown("log-glasses", "/log/glasses/", PAL),
    Shown("log-glass", "/log/glasses/{glass}/", PAL),
    Shown("log-stops", "/log/stops/", SIV),
    Shown("log-contacts", "/log/units/{unit}/employees/{kari}/contacts/", SIV),
    Shown("log-report", "/log/persons/{person}/?language=nb&names=on", LIV),
    Shown("waiting", "/waiting/", SIV),
    Shown("close-too-early", "/cases/{answer_due}/close/"),
    Shown("deletion", "/deletion/", LIV),
    Shown("deletion-hold", "/deletion/cases/{closed}/hold/", LIV),
    Shown("deletion-archive", "/deletion/cases/{closed}/archive/", LIV),
    Shown("deletion-second", "/deletion/second/", SIV),
    Shown("figures-leader", "/figures/", LIV),
    Shown("figures-reader", "/figures/", PER),
    Shown("mock-phone", "/messages/phone/"),
    Shown("settings", "/account/settings/"),
    Shown("second-factor", "/account/second-factor/"),
    Shown("sessions", "/account/sessions/"),
    Shown("people", "/account/people/{unit}/", LIV),
    Shown("people-municipal", "/account/people/{unit}/", SIV),
    Shown("member", "/account/people/{unit}/{kari}/", LIV),
    Shown("member-add", "/account/people/{unit}/add/", SIV, _send_with_faults),
    Shown("stand-in-add", "/account/people/{unit}/stand-ins/add/", LIV),
    Shown("membership-end", "/account/people/{unit}/roles/{membership}/end/", LIV),
    Shown("blocks", "/cases/{led}/blocks/", LIV),
    Shown("not-found", "/cases/{unit}/"),
    Shown("forbidden", "/cases/", PER),
    Shown("admin", "/admin/", ADA),
    Shown("admin-form", "/admin/units/place/add/", ADA),
)
# The other states of a case: parts that the pages above show as well, put together differently.
MORE_CASES = tuple(
    Shown(f"case-{state.replace('_', '-')}", f"/cases/{{{state}}}/")
    for state in (
        "to_be_summoned", "summons_to_send", "result_missing", "answer_due", "find_asked",
        "find_returned", "not_met_answer_due", "waiting_for_sender", "ready_to_close",
        "attended_in_part",
    )
)  # fmt: skip
