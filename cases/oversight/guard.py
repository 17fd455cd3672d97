"""A13: whoever opens more than sixty different people within an hour opens no more.

The guard reads what the request is about to log, so it counts at every door where looking is
logged. It works inside the recorded transaction: the stop and its event are kept together, and the
page of the one person too many never leaves.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, UUIDField, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.models import Event, EventPerson, Outcome
from cases.audit.record import Recording, record
from cases.oversight.actions import stop_reading
from cases.oversight.models import MOST_PEOPLE_AN_HOUR, NOBODY, ReadingStop
from cases.oversight.words import OPENING

Handler = Callable[[HttpRequest], HttpResponse]
# The parts of the program that show people; one's own log, settings and the sign-in stay open.
SHOWING_PEOPLE = frozenset(
    {"desk", "people", "casework", "appointments", "support", "reminders", "privacy", "retention"}
)
ALSO_CLOSED = frozenset({"oversight:person_report", "oversight:person_report_file"})
STILL_OPEN = frozenset({"desk:waiting", "desk:healthz", "desk:readyz"})
# Refused, it tells all the same that a person is registered here: it counts like an opening.
TELLING = "person.found_by_number"


class ReadingGuardMiddleware:
    """Stands inside `RecordedRequestMiddleware`, whose recording it reads."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        recording: Recording | None = getattr(request, "recording", None)
        opened = opened_in(recording) if recording else []
        if not opened or not request.user.is_authenticated or response.status_code >= 500:
            return response
        return self._stop_if_too_many(request, opened) or response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Who is stopped gets the plain page instead of every page that shows people."""
        match, user = request.resolver_match, request.user
        if match is None or getattr(request, "recording", None) is None:
            return None  # outside the recorded transaction nothing of a person is shown
        if not user.is_authenticated:
            return None
        if not _shows_people(match.app_name, match.view_name):
            return None
        if not user.may(Permission.SEE_CASES):
            return None
        request.opened_lately = opened_lately(user, timezone.now())  # type: ignore[attr-defined]
        if NOBODY not in request.opened_lately:  # type: ignore[attr-defined]
            return None
        record("reading.refused", by=user, outcome=Outcome.DENIED, purpose=match.view_name[:60])
        return stopped_page(request)

    def _stop_if_too_many(self, request: HttpRequest, opened: list[Event]) -> HttpResponse | None:
        user = request.user
        assert isinstance(user, User)
        lately: set[UUID] | None = getattr(request, "opened_lately", None)
        if lately is None:  # another door than the pages
            lately = opened_lately(user, timezone.now())
        people = lately | {UUID(person) for event in opened for person in event.persons}
        if len(people) <= MOST_PEOPLE_AN_HOUR:
            return None
        for event in opened:
            event.outcome = Outcome.DENIED  # the page is not shown
        stop_reading(user=user, unit_id=opened[0].unit, people=len(people), by=user)
        return stopped_page(request)


def _shows_people(app: str, page: str) -> bool:
    return page in ALSO_CLOSED or (app in SHOWING_PEOPLE and page not in STILL_OPEN)


def opened_in(recording: Recording) -> list[Event]:
    """The events of this request that open one person."""
    opening = (event for event in recording.events if event.action in OPENING)
    return [e for e in opening if e.outcome == Outcome.DONE or e.action == TELLING]


def opened_lately(user: User, now: datetime) -> set[UUID]:
    """Different people opened within the hour, or since a stop was lifted; NOBODY among them when
    a stop is in force. One query: every page that shows people pays for it."""
    stops = ReadingStop.objects.filter(user=user)
    forgiven = stops.filter(lifted_at__gte=OuterRef("at"))
    events = Event.objects.by_actor(user.pk).filter(
        ~Exists(forgiven),
        Q(outcome=Outcome.DONE) | Q(action=TELLING),
        action__in=OPENING,
        at__gt=now - timedelta(hours=1),
    )
    people = EventPerson.objects.filter(event__in=events.values("pk")).values_list("person")
    stopped = stops.in_force().annotate(person=Value(NOBODY, output_field=UUIDField()))
    return {person for (person,) in people.union(stopped.values_list("person"))}


def stopped_page(request: HttpRequest) -> HttpResponse:
    return render(request, "oversight/stopped.html", status=429)
