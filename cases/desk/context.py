"""The frame of every page: the menu the user's rights lead to, their unit and their colours."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.accounts.sessions import can_be_extended, time_left

REVIEW_PAGES = (
    "oversight:start", "oversight:review", "oversight:case_log", "oversight:employee_log",
    "oversight:glasses", "oversight:glass", "oversight:stops",
)  # fmt: skip
# label, URL name, who sees it, addresses that belong to it
MENU = (
    (lambda: _("Today"), "desk:today", Permission.SEE_CASES, ()),
    (lambda: _("Cases"), "desk:cases", Permission.SEE_CASES, ("desk:case", "desk:search")),
    (lambda: _("Tests to take"), "casework:samples", Permission.TAKE_SAMPLES, ()),
    (lambda: _("What waits"), "desk:waiting", Permission.SET_UP_UNIT, ()),
    (lambda: _("Review"), "oversight:reviews", Permission.REVIEW_LOG, REVIEW_PAGES),
    (lambda: _("Review"), "oversight:reviews", Permission.SEE_CASE_LOG, REVIEW_PAGES),
    (lambda: _("Figures"), "statistics:figures", Permission.SEE_SAFE_FIGURES, ()),
    (
        lambda: _("Deletion"),
        "retention:due",
        Permission.CONFIRM_DELETION,
        ("retention:list", "retention:hold", "retention:archive", "retention:second"),
    ),
    (lambda: _("Set-up"), "admin:index", Permission.SET_UP, ()),
    (lambda: _("Set-up"), "admin:index", Permission.SET_UP_UNIT, ()),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"is_practice": not settings.PRODUCTION}
    # Lazy: a print page or a part of a page never asks for the menu.
    return {
        "is_practice": not settings.PRODUCTION,
        "color_scheme": user.colour_scheme,
        "main_menu": SimpleLazyObject(lambda: _menu(request, user)),
        "user_menu": SimpleLazyObject(lambda: _user_menu(user)),
        "session_ends": SimpleLazyObject(lambda: _session_ends(request)),
        "may_search": user.may(Permission.SEE_CASES),
        "open_glass": SimpleLazyObject(lambda: _open_glass(request)),
    }


def _open_glass(request: HttpRequest) -> dict[str, Any]:
    """What the banner says; the session is asked, the right itself is the row's. No query."""
    glass = request.session.get("open_glass")
    until = parse_datetime(glass["until"]) if glass else None
    if glass is None or until is None or until <= timezone.now():
        return {}
    return {"number": glass["number"], "case": glass["case"], "until": until}


def _session_ends(request: HttpRequest) -> dict[str, Any]:
    seconds = int(time_left(request.session).total_seconds())
    return {"seconds": seconds, "extends": can_be_extended(request.session)}


def _is_of_a_case(here: str, name: str) -> bool:
    """A case's own pages lie in the apps of the journey; all of them are below "Cases"."""
    journey = ("casework", "appointments", "support", "privacy")
    of_a_case = here.partition(":")[0] in journey and "export" not in here
    return name == "desk:cases" and of_a_case


def _menu(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    # By address: two permissions may lead to the same page.
    items = {
        name: {
            "label": label(),
            "url": reverse(name),
            "current": here == name or here in also or _is_of_a_case(here, name),
        }
        for label, name, permission, also in MENU
        if user.may(permission)
    }
    # Whoever confirms first finds the lists of the second person from their own page.
    if user.may(Permission.APPROVE_AS_SECOND) and not user.may(Permission.CONFIRM_DELETION):
        name = "retention:second"
        current = here in (name, "retention:list")
        items[name] = {"label": _("Deletion"), "url": reverse(name), "current": current}
    if not settings.PRODUCTION and user.may(Permission.SEE_CASES):
        name = "reminders:mock_phone"
        items[name] = {"label": _("Mock phone"), "url": reverse(name), "current": here == name}
    return list(items.values())


def _user_menu(user: User) -> dict[str, Any]:
    people = [{"label": _("The people of the unit"), "url": reverse("accounts:kept_units")}]
    units = sorted({m.unit.name for m in user.memberships_today if m.unit})
    glass = [{"label": _("Break the glass"), "url": reverse("casework:break_glass")}]
    exports = [{"label": _("Exports of persons"), "url": reverse("privacy:exports")}]
    return {
        "name": user.name,
        "unit": ", ".join(units),
        "items": [
            *(glass if user.may(Permission.BREAK_GLASS) else []),
            *(exports if user.may(Permission.APPROVE_AS_SECOND) else []),
            *(people if user.may(Permission.KEEP_MEMBERS) else []),
            {"label": _("My look-ups"), "url": reverse("oversight:own_log")},
            {"label": _("Settings"), "url": reverse("accounts:settings")},
            {"label": _("Second factor"), "url": reverse("mfa_index")},
            {"label": _("Where you are signed in"), "url": reverse("accounts:sessions")},
            {"label": _("Change password"), "url": reverse("account_change_password")},
        ],
    }
