"""Every request is one recorded transaction; denials and errors are written after the rollback."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cases.audit.models import Client, Outcome
from cases.audit.record import Recording, record, recorded

Handler = Callable[[HttpRequest], HttpResponse]
UNRECORDED_PATHS = ("/healthz", "/readyz", "/static/")
DOORS = (("/admin/", Client.ADMIN), ("/api/", Client.API), ("/hooks/", Client.HOOK))


class RecordedRequestMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNRECORDED_PATHS):
            return self.get_response(request)
        request_id = uuid.uuid4()
        client = _client_of(request)
        with recorded(request=request_id, client=client) as recording:
            request.recording = recording  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500 or response.streaming:
                recording.must_roll_back = response.status_code >= 500
        if response.status_code in (403, 404, 405) or response.status_code >= 500:
            self._record_refusal(request, request_id, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        recording: Recording | None = getattr(request, "recording", None)
        if recording is not None:
            recording.must_roll_back = True

    def _record_refusal(
        self, request: HttpRequest, request_id: uuid.UUID, response: HttpResponse
    ) -> None:
        user = request.user if request.user.is_authenticated else None
        match = request.resolver_match
        outcome = Outcome.FAILED if response.status_code >= 500 else Outcome.DENIED
        with recorded(request=request_id, client=_client_of(request)):
            record(
                "request.refused",
                by=user,
                outcome=outcome,
                # The name of the page, never its address: an address may hold somebody's id.
                purpose=f"{response.status_code} {match.view_name if match else ''}"[:60],
            )


def _client_of(request: HttpRequest) -> str:
    """The door a request came through, told by the beginning of its address."""
    for prefix, client in DOORS:
        if request.path.startswith(prefix):
            return client
    return Client.WEB
