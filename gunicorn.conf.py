"""What the web server itself answers, before Django is asked; gunicorn reads this file by its name.

Workers, threads and the port are given on the command line: see docs/operations.md.
"""

import socket

from gunicorn import util
from gunicorn.http import wsgi

from advisory.malformed import plain_answer

# A line of 4 KiB, 60 headers of 8 KiB: a browser with our two cookies needs a tenth of it.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# Which program answers, and in which version, helps nobody but an attacker.
wsgi.SERVER = "web"


def answer_malformed(client: socket.socket, status: int, reason: str, message: str) -> None:
    """gunicorn's own page repeats the request and carries none of our headers."""
    util.write_nonblock(client, plain_answer(status, reason))


util.write_error = answer_malformed
