"""Journeys in a real Chromium, against the server that `make run` starts."""

import pytest

# Each process of the suite has a server and a Chromium of its own; its first journey waits for the
# server's data.
BROWSER = [pytest.mark.browser, pytest.mark.timeout(300)]
