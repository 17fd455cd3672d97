"""Journeys in a real Chromium, against the server that `make run` starts."""

import pytest

# One process runs all of them: one server and one Chromium on a small machine. The first one waits
# for the server's data.
BROWSER = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]
