"""The answer to a request so malformed that Django never sees it."""

HEADERS = (
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    "Cache-Control: no-store, private",
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Resource-Policy: same-origin",
    "Referrer-Policy: same-origin",
    "X-Content-Type-Options: nosniff",
)
SENTENCE = "The request could not be read. Go back, load the page again and try once more.\n"


def plain_answer(status: int, reason: str) -> bytes:
    """All bytes of the answer; nothing of the request is repeated."""
    lines = (f"HTTP/1.1 {status} {reason}", *HEADERS, f"Content-Length: {len(SENTENCE)}", "")
    return ("\r\n".join(lines) + "\r\n" + SENTENCE).encode("latin-1")
