"""K5: what the program is made of is pinned by hash, listed, and gets its fixes in a written time."""

import json
import re

from tests.source import ROOT
from tools import sbom


def _pinned() -> dict[str, str]:
    locked = (ROOT / "requirements.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", locked, re.MULTILINE))


def test_k5_every_locked_package_stands_in_the_list() -> None:
    assert sbom.FILE.read_text("utf-8") == sbom.text(), "run make lock"
    listed = {
        one["name"]: one["version"] for one in json.loads(sbom.FILE.read_text())["components"]
    }
    pinned = _pinned()
    assert len(pinned) > 30
    assert {name: listed.get(name) for name in pinned} == pinned
    assets = json.loads((ROOT / "assets.lock.json").read_text("utf-8"))["packages"]
    assert {one["name"]: listed.get(one["name"]) for one in assets} == {
        one["name"]: one["version"] for one in assets
    }


def test_k5_the_list_is_one_others_can_read() -> None:
    bill = json.loads(sbom.FILE.read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references))
    assert all(re.fullmatch(r"pkg:(pypi|npm)/\S+@\S+", one["purl"]) for one in bill["components"])


def test_k5_every_pin_has_a_hash() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / file).read_text("utf-8"))
        loose = [
            block.split("\n")[0] for block in blocks if "==" in block and "sha256:" not in block
        ]
        assert loose == [], file
    assert "--require-hashes" in (ROOT / "Makefile").read_text("utf-8")


def test_k5_fix_times_are_written() -> None:
    said = (ROOT / "docs" / "security.md").read_text("utf-8")
    for word in ("critical", "7 days", "30 days", "90 days"):
        assert word in said
