"""The SMS gateway of the contract: many hand-overs at once over kept connections.

POST SMS_URL with a bearer token, the message's id as Idempotency-Key, and {"id", "to", "from",
"text"}. What is not certainly one thing or the other is unclear.
"""

import asyncio
import json
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import aiohttp
from django.conf import settings

from cases.reminders.channels.base import (
    NOT_TRIED,
    UNANSWERED,
    UNCLEAR,
    Answer,
    Outcome,
    Outcomes,
    Parcel,
)
from cases.reminders.pace import (
    ANSWER,
    BATCH,
    CONNECT,
    FIRST_IN_FLIGHT,
    MOST_UNANSWERED,
    scaled,
)

REFUSED_FOR_GOOD = (400, 404, 410, 422)
TOO_MANY = 429
LONGEST_ANSWER = 64 * 1024
LONGEST_PROVIDER_ID = 100


class SmsGateway:
    """The network has a thread of its own, so that the database is not kept waiting for it."""

    batch = BATCH

    def __init__(self) -> None:
        self.honours_key: bool = settings.SMS_HONOURS_KEY
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sms-gateway")
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def hand_over(self, parcels: list[Parcel]) -> "Future[Outcomes]":
        return self._thread.submit(lambda: self._runner.run(self._hand_over_all(parcels)))

    def _close(self) -> None:
        if self._session is not None:
            self._runner.run(self._session.close())
        self._runner.close()

    async def _hand_over_all(self, parcels: list[Parcel]) -> Outcomes:
        if self._session is None:
            self._session = self._opened_session()
        flight = Flight()
        waiting = iter(parcels)
        outcomes: Outcomes = {}

        async def sender() -> None:
            for parcel in waiting:
                if flight.is_over:
                    outcomes[parcel.id] = NOT_TRIED
                    continue
                async with flight.room:
                    outcomes[parcel.id] = await self._hand_over(parcel)
                flight.note(outcomes[parcel.id])

        await asyncio.gather(*(sender() for _ in range(min(settings.SMS_IN_FLIGHT, len(parcels)))))
        return outcomes

    def _opened_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=settings.SMS_IN_FLIGHT),
            timeout=aiohttp.ClientTimeout(total=scaled(ANSWER), sock_connect=scaled(CONNECT)),
            headers={"Authorization": f"Bearer {settings.SMS_TOKEN}"},
        )

    async def _hand_over(self, parcel: Parcel) -> Outcome:
        assert self._session is not None
        body = {
            "id": str(parcel.id), "to": parcel.to, "from": parcel.sender, "text": parcel.text,
        }  # fmt: skip
        try:
            async with self._session.post(
                settings.SMS_URL,
                json=body,
                headers={"Idempotency-Key": str(parcel.id)},
                allow_redirects=False,
            ) as response:
                return classify(response.status, await response.content.read(LONGEST_ANSWER))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return NOT_TRIED  # no connection, so nothing was said
        except (aiohttp.ClientError, TimeoutError, OSError):
            return UNCLEAR


class Flight:
    """How many may be under way, and when to give up on a gateway that does not answer.

    It begins with a few, so that a dead gateway costs a few attempts; the first answer lets the
    rest go.
    """

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(FIRST_IN_FLIGHT)
        self._has_answered = False
        self._unanswered = 0

    @property
    def is_over(self) -> bool:
        return self._unanswered >= MOST_UNANSWERED

    def note(self, outcome: Outcome) -> None:
        if outcome.answer in UNANSWERED:
            self._unanswered += 1
            return
        self._unanswered = 0
        if not self._has_answered:
            self._has_answered = True
            for _ in range(settings.SMS_IN_FLIGHT - FIRST_IN_FLIGHT):
                self.room.release()


def classify(status: int, body: bytes) -> Outcome:
    """What an answer of the gateway means."""
    if 200 <= status < 300:
        provider_id = _provider_id(body)
        return Outcome(Answer.ACCEPTED, provider_id) if provider_id else UNCLEAR
    if status in REFUSED_FOR_GOOD:
        return Outcome(Answer.REFUSED)
    if status == TOO_MANY:
        return Outcome(Answer.TRY_AGAIN)
    return UNCLEAR


def _provider_id(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    found = answer.get("provider_id") if isinstance(answer, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_PROVIDER_ID:
        return ""
    return found if found.isprintable() else ""
