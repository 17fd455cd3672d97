"""The list of everything the program is made of, CycloneDX 1.6, from the lock files alone.

    python -m tools.sbom            writes docs/security/sbom.cdx.json
    python -m tools.sbom --check    fails when the file is not what the locks say

Whoever runs the program asks a service of their choice with it whether a fault is known.
"""

import json
import re
import sys
import uuid
from typing import Any

from tools.run import ROOT

FILE = ROOT / "docs" / "security" / "sbom.cdx.json"
PIN = re.compile(r"^([a-z0-9._-]{1,80})==([^\s;\\]{1,40})", re.MULTILINE)


def locked_packages() -> list[dict[str, Any]]:
    """Name, version and address of each package of requirements.txt, where its hashes stand."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.txt").read_text("utf-8"))
    found = []
    for block in blocks:
        pin = PIN.match(block)
        if pin is None:
            continue
        name, version = pin.groups()
        found.append(
            {
                "type": "library",
                "bom-ref": f"pkg:pypi/{name}@{version}",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
            }
        )
    return found


def vendored_assets() -> list[dict[str, Any]]:
    """The copied style sheets, scripts and fonts, by the lock that their own test compares."""
    packages = json.loads((ROOT / "assets.lock.json").read_text("utf-8"))["packages"]
    found = []
    for facts in packages:
        address = f"pkg:npm/{facts['name'].replace('@', '%40')}@{facts['version']}"
        found.append(
            {
                "type": "library",
                "bom-ref": address,
                "name": facts["name"],
                "version": facts["version"],
                "licenses": [{"license": {"id": facts["licence"]}}],
                "purl": address,
            }
        )
    return found


def bill() -> dict[str, Any]:
    components = locked_packages() + vendored_assets()
    said = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same parts are the same list, whenever and wherever it is written.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, said)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "advisory"}},
        "components": components,
    }


def text() -> str:
    return json.dumps(bill(), indent=1) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        if not FILE.exists() or FILE.read_text("utf-8") != text():
            sys.exit("docs/security/sbom.cdx.json is not what the locks say: run make lock")
    else:
        FILE.write_text(text(), "utf-8")
        print(f"{len(bill()['components'])} components")
