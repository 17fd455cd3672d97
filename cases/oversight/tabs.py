"""The pages of the log that stand beside each other, by what the user may do."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.oversight.models import units_reviewed_by


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool


def tabs_for(request: HttpRequest, user: User) -> list[Tab]:
    """None where there would be only one."""
    reviews = bool(units_reviewed_by(user))
    keeps = user.may(Permission.KEEP_MEMBERS)
    pages = [
        (_("Review"), "oversight:reviews", ("oversight:review",), reviews),
        (_("Who has looked"), "oversight:start", (), reviews),
        (_("Broken glass"), "oversight:glasses", (), user.may(Permission.REVIEW_BREAK_GLASS)),
        (_("Stopped accounts"), "oversight:stops", (), reviews or keeps),
    ]
    here = request.resolver_match.view_name if request.resolver_match else ""
    shown = [
        Tab(label, reverse(name), here == name or here in also)
        for label, name, also, is_shown in pages
        if is_shown
    ]
    return shown if len(shown) > 1 else []
