from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from cases.core.database.context import WORKER, speaking_as
from cases.desk.health import readiness


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """The database, its migrations, the jobs and the age of the oldest overdue message."""
    try:
        # The jobs' own role: it sees the age of every unit's messages, and no person.
        with speaking_as(WORKER):
            state = readiness(timezone.now())
    except DatabaseError:
        state = {"ready": False, "parts": {"database": False}}
    return JsonResponse(state, status=200 if state["ready"] else 503)
