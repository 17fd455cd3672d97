"""Copy the files named in assets.lock.json out of their npm packages into static/vendor/.

    .venv/bin/python tools/vendor_assets.py           fetch, check and write
    .venv/bin/python tools/vendor_assets.py --check   only compare what is there with the lock

The lock names each package exactly, with the hash of the package and of every file as written here.
An empty hash is filled in (after a version was raised by hand); a wrong one stops the program.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "assets.lock.json"
VENDOR = ROOT / "static" / "vendor"
# The maps are not shipped, and a pointer to a missing file stops collectstatic.
MAP_POINTER = b"sourceMappingURL="
TEXT_FILES = {".css", ".js", ".svg", ".md", ""}


class Mismatch(Exception):
    """A file is not the one the lock names."""


def integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def folder_of(package: dict[str, Any]) -> Path:
    return VENDOR / str(package["folder"]) / str(package["version"])


def as_written(name: str, content: bytes) -> bytes:
    if Path(name).suffix not in TEXT_FILES:
        return content
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    kept = [line for line in lines if MAP_POINTER not in line]
    return b"\n".join(kept).rstrip() + b"\n"


def fetch(package: dict[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"]
        printed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        return (Path(folder) / printed.stdout.strip().splitlines()[-1]).read_bytes()


def expect(table: dict[str, Any], key: str, content: bytes, what: str) -> None:
    found = integrity(content)
    if table.get(key) and table[key] != found:
        raise Mismatch(f"{what} is not the one in assets.lock.json: {found}")
    table[key] = found


def unpack(package: dict[str, Any], archive: bytes) -> None:
    expect(package, "integrity", archive, package["name"])
    target = folder_of(package)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            for name in package["files"]:
                member = tar.extractfile(f"package/{name}")
                if member is None:
                    raise Mismatch(f"{package['name']} holds no {name}")
                content = as_written(name, member.read())
                expect(package["files"], name, content, name)
                (target / Path(name).name).write_bytes(content)


def check(package: dict[str, Any]) -> None:
    target = folder_of(package)
    for name, expected in package["files"].items():
        if integrity((target / Path(name).name).read_bytes()) != expected:
            raise Mismatch(f"{target / Path(name).name} was changed")


def main(arguments: list[str]) -> int:
    lock = json.loads(LOCK.read_text())
    try:
        for package in lock["packages"]:
            if "--check" in arguments:
                check(package)
            else:
                unpack(package, fetch(package))
    except Mismatch as error:
        print(error, file=sys.stderr)
        return 1
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
