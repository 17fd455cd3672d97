"""What may never happen on a page: a word in the console, another host, a server that fails."""

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# The browser says this of a page whose form was refused (422) or that is not for the user (403, 404).
REFUSED = "Failed to load resource: the server responded with a status of 4"
# Trusted Types are told, not forbidden: htmx puts in parts of pages, Django admin draws its calendars.
TOLD = "This document requires 'TrustedHTML' assignment. The policy is report-only"


class Watch:
    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url} script: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.text.startswith("Clear-Site-Data header"):
            return  # Chromium tells that it has emptied its store, as it was asked to at sign-out
        is_the_page_itself = message.location.get("url") == self.page.url
        is_known = message.text.startswith(TOLD)
        if not is_known and not (is_the_page_itself and message.text.startswith(REFUSED)):
            self.faults.append(f"{self.page.url} {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.faults.append(f"{self.page.url} asks {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url} answers {response.status}")

    def take_faults(self) -> list[str]:
        """The faults since the last call."""
        taken, self.faults = self.faults, []
        return taken
