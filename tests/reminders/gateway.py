"""A real SMS gateway on loopback, in a thread: it keeps what it accepted and fails as told."""

import json
import socket
import struct
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLOW_SECONDS = 1.4


class Gateway:
    """`faults[number]` is a list of what the next requests for this number meet, then all is well.

    A fault is a status code, or "drop" (before accepting), "drop_after" (accepted, no answer),
    "late" (accepted, answered too late), "garbage", "no_id".
    """

    def __init__(self, *, honours_key: bool = True) -> None:
        self.honours_key = honours_key
        self.faults: dict[str, list[int | str]] = defaultdict(list)
        self.requests: list[dict[str, Any]] = []
        self.accepted: dict[str, dict[str, Any]] = {}
        self.texts: Counter[str] = Counter()  # messages that really went out, by number
        self.url = ""
        self._lock = threading.Lock()

    def accept(self, key: str, body: dict[str, Any]) -> str:
        with self._lock:
            if not (self.honours_key and key in self.accepted):
                self.accepted[key] = body
                self.texts[body["to"]] += 1
            return f"p-{key}"

    def next_fault(self, body: dict[str, Any], headers: Any) -> int | str | None:
        with self._lock:
            self.requests.append(body | {"headers": dict(headers)})
            waiting = self.faults[body["to"]] or self.faults["*"]
            return waiting.pop(0) if waiting else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gateway: Gateway

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        fault = self.gateway.next_fault(body, self.headers)
        if fault == "drop":
            return self._drop()
        if isinstance(fault, int):
            return self._answer(fault, b"{}")
        provider_id = self.gateway.accept(key, body)
        if fault == "drop_after":
            return self._drop()
        if fault == "late":
            time.sleep(SLOW_SECONDS)
        if fault == "garbage":
            return self._answer(200, b"<html>all is well</html>")
        if fault == "no_id":
            return self._answer(200, b'{"status": "ok"}')
        return self._answer(201, json.dumps({"provider_id": provider_id}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the other side did not wait

    def _drop(self) -> None:
        # Reset at once instead of a polite end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


@contextmanager
def running(*, honours_key: bool = True) -> Iterator[Gateway]:
    gateway = Gateway(honours_key=honours_key)
    handler = type("Handler", (Handler,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    # A connection that was reset is what the test asked for.
    server.handle_error = lambda *args: None  # type: ignore[method-assign]
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
