"""Where the SMS gateway tells what became of a message. Nothing without a valid signature."""

import hashlib
import hmac
import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cases.reminders.channels.sms import LONGEST_PROVIDER_ID
from cases.reminders.pace import database_now
from cases.reminders.receipts import STATUS, apply_receipt

MOST_BYTES = 16 * 1024


class Malformed(ValueError):
    """Signed, but not a receipt."""


@csrf_exempt
@login_not_required
@require_POST
def sms_receipt(request: HttpRequest) -> HttpResponse:
    """204 when it was carried over, 202 for a message not known (yet), 401 for a forged one."""
    if _declared_length(request) > MOST_BYTES:
        return HttpResponse(status=413)
    body = request.body
    if not is_signed(body, request.headers.get("X-Signature", "")):
        return HttpResponse(status=401)
    try:
        receipt = read_receipt(body)
    except Malformed:
        return HttpResponse(status=400)
    is_known = apply_receipt(**receipt, now=database_now())
    return HttpResponse(status=204 if is_known else 202)


def is_signed(body: bytes, signature: str) -> bool:
    """Whether this is `sha256=` and the HMAC of the body; never without a secret of our own."""
    if not settings.SMS_WEBHOOK_SECRET:
        return False
    # The gateway and we do not change the secret in the same second: two are valid meanwhile.
    secrets = [settings.SMS_WEBHOOK_SECRET, *filter(None, settings.SMS_WEBHOOK_SECRET_FALLBACKS)]
    macs = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    fits = [hmac.compare_digest(f"sha256={mac}".encode(), signature.encode()) for mac in macs]
    return any(fits)


def read_receipt(body: bytes) -> dict[str, Any]:
    """Our id or the provider's, and the status. A number in the payload is never looked at."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(payload, dict) or payload.get("status") not in tuple(STATUS):
        raise Malformed
    provider_id = payload.get("provider_id", "")
    if not isinstance(provider_id, str) or len(provider_id) > LONGEST_PROVIDER_ID:
        raise Malformed
    if "\x00" in provider_id:
        raise Malformed
    message_id = _message_id(payload.get("id"))
    if message_id is None and not provider_id:
        raise Malformed
    return {"message_id": message_id, "provider_id": provider_id, "status": payload["status"]}


def _message_id(text: object) -> UUID | None:
    if text is None:
        return None
    try:
        return UUID(str(text))
    except ValueError as error:
        raise Malformed from error


def _declared_length(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


hook_urlpatterns = [path("hooks/sms/receipts", sms_receipt, name="sms_receipts")]
