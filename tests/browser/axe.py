"""Ask axe-core about an open page, and whether it can be read without scrolling sideways."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
}


@cache
def _source() -> str:
    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


class Examiner:
    """One page's connection to the developer tools: scripts run there need no bypass of the CSP."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tools = page.context.new_cdp_session(page)

    def run(self, script: str) -> Any:
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self.tools.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def violations(self, part: str) -> list[str]:
        """What axe finds in this part of the page: the rule, what it asks for, and where."""
        if not self.run("'axe' in window"):
            self.run(_source() + ";0")
        asked = f"{json.dumps(part)}, {json.dumps(OPTIONS)}"
        found = self.run(f"axe.run({asked}).then(found => found.violations)")
        return [
            f"{v['id']}: {v['help']}: {' | '.join(node['html'][:160] for node in v['nodes'][:4])}"
            for v in found
        ]

    def sideways(self) -> int:
        """How many pixels of the page lie beyond the window's edge."""
        return int(self.run("document.documentElement.scrollWidth - window.innerWidth"))
