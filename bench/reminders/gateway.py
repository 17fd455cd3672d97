"""A fake SMS gateway on loopback that speaks the contract and fails as often as it is told.

    python -m bench.reminders.gateway --port 8790 [--latency-ms 50] [--no-key]
        [--refused 0.05 --late 0.03 --dropped 0.02 --late-ms 2000 --seed 1]

POST *      -> 201 {"provider_id": …}; with the key honoured, once per Idempotency-Key
GET /stats  -> requests, accepted, people, twice (people with more than one message), distinct, most
               in flight, and the keys that were accepted
"Refused" is 422 or 429; "late" is accepted and answered too late; "dropped" breaks the connection,
half of them after accepting.
"""

import argparse
import asyncio
import json
import random
from collections import Counter

MOST_SECONDS = 3600  # it ends by itself


class Gateway:
    def __init__(self, options):
        self.options = options
        self.dice = random.Random(options.seed)
        self.requests = 0
        self.in_flight = self.most_in_flight = 0
        self.by_key = {}
        self.by_number = Counter()

    def accept(self, key, number):
        if self.options.no_key or key not in self.by_key:
            self.by_key[key] = number
            self.by_number[number] += 1

    def fate(self, key):
        """What happens to this request: accepted unless the dice say otherwise.

        A gateway that honours the key has already accepted a known one: it refuses it no more.
        """
        drawn = self.dice.random()
        is_known = key in self.by_key and not self.options.no_key
        for name in ("late", "dropped") if is_known else ("refused", "late", "dropped"):
            share = getattr(self.options, name)
            if drawn < share:
                return name
            drawn -= share
        return "accepted"

    def stats(self):
        return {
            "requests": self.requests,
            "accepted": sum(self.by_number.values()),
            "people": len(self.by_number),
            "twice": sum(count > 1 for count in self.by_number.values()),
            "distinct": len(self.by_key),
            "most_in_flight": self.most_in_flight,
            "keys": sorted(self.by_key),
        }


class Connection(asyncio.Protocol):
    def __init__(self, gateway):
        self.gateway = gateway
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end]
            length = int(header(head, b"content-length") or 0)
            if len(self.received) < end + 4 + length:
                return
            body = self.received[end + 4 : end + 4 + length]
            self.received = self.received[end + 4 + length :]
            self.handle(head, body)

    def handle(self, head, body):
        gateway = self.gateway
        if head.startswith(b"GET /stats"):
            return self.answer(200, json.dumps(gateway.stats()).encode())
        gateway.requests += 1
        gateway.in_flight += 1
        gateway.most_in_flight = max(gateway.most_in_flight, gateway.in_flight)
        delay, reply = self.decide(header(head, b"idempotency-key").decode(), body)
        asyncio.get_running_loop().call_later(delay, self.finish, reply)

    def decide(self, key, body):
        """Seconds to wait, and (status, body) or None for a broken connection."""
        gateway, options = self.gateway, self.gateway.options
        latency = options.latency_ms / 1000
        fate = gateway.fate(key)
        if fate == "refused":
            return latency, (gateway.dice.choice((422, 429)), b"{}")
        if fate == "dropped" and gateway.dice.random() < 0.5:
            return latency, None
        gateway.accept(key, json.loads(body)["to"])
        if fate == "dropped":
            return latency, None
        late = options.late_ms / 1000 if fate == "late" else 0
        return latency + late, (201, b'{"provider_id": "p-%s"}' % key.encode())

    def finish(self, reply):
        self.gateway.in_flight -= 1
        if self.transport.is_closing():
            return
        if reply is None:
            self.transport.abort()
        else:
            self.answer(*reply)

    def answer(self, status, body):
        self.transport.write(
            b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (status, len(body), body)
        )


def header(head, name):
    """The value of a header in a raw request head; empty when it is not there."""
    lowered = head.lower()
    at = lowered.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    start = at + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


async def serve(options):
    gateway = Gateway(options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(gateway), "127.0.0.1", options.port, backlog=4096
    )
    async with server:
        try:
            await asyncio.wait_for(server.serve_forever(), MOST_SECONDS)
        except TimeoutError:
            pass


def parse(words=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--late-ms", type=float, default=0)
    for name in ("refused", "late", "dropped"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--no-key", action="store_true", help="does not honour the idempotency key")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(words)


if __name__ == "__main__":
    asyncio.run(serve(parse()))
