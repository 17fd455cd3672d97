"""Translations: collect and compile them, or check that what is committed is complete and current.

    python tools/messages.py [--check]

The compiled files are committed, so that a newcomer needs no gettext. Sources are English.
"""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("nb", "nn")
SOURCES = ("advisory", "cases", "templates", "locale")
Entries = dict[tuple[str, ...], bool]


def catalogue(root: Path, language: str, ending: str = "po") -> Path:
    return root / "locale" / language / "LC_MESSAGES" / f"django.{ending}"


def collect(root: Path) -> None:
    """Bring the catalogues below `root` up to date with its sources."""
    command = [
        sys.executable,
        str(root / "manage.py"),
        "makemessages",
        "--no-obsolete",
        "--no-wrap",
    ]
    command += ["--add-location", "file", "--ignore", ".venv", "--ignore", "vendor"]
    for language in LANGUAGES:
        catalogue(root, language).parent.mkdir(parents=True, exist_ok=True)
        command += ["--locale", language]
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)


def compile_to(po: Path, mo: Path) -> None:
    subprocess.run(["msgfmt", "--check-format", "-o", str(mo), str(po)], check=True)


def entries(po: Path) -> Entries:
    """Whether each source text of a catalogue is translated and not just guessed."""
    found: Entries = {}
    for block in po.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        parts: dict[str, str] = {}
        name = ""
        for line in lines:
            keyword, text = re.fullmatch(r'(\w+(?:\[\d\])?)? ?(".*")', line).groups()  # type: ignore[union-attr]
            name = keyword or name
            parts[name] = parts.get(name, "") + ast.literal_eval(text)
        key = tuple(parts.get(part, "") for part in ("msgctxt", "msgid", "msgid_plural"))
        translated = all(text for part, text in parts.items() if part.startswith("msgstr"))
        if parts.get("msgid"):
            found[key] = translated and not re.search(r"^#,.*\bfuzzy\b", block, re.M)
    return found


def problems_of(language: str, collected: Path) -> list[str]:
    """What is wrong with a committed catalogue; `collected` has it freshly made from the sources."""
    po, mo = catalogue(ROOT, language), catalogue(ROOT, language, "mo")
    if not (po.exists() and mo.exists()):
        return [f"{language}: no catalogue; run make messages"]
    committed, fresh = entries(po), entries(catalogue(collected, language))
    problems = [f"{language}: not collected: {key[1]!r}" for key in fresh.keys() - committed.keys()]
    problems += [f"{language}: not used: {key[1]!r}" for key in committed.keys() - fresh.keys()]
    problems += [
        f"{language}: not translated: {key[1]!r}" for key, good in committed.items() if not good
    ]
    compiled = collected / f"{language}.mo"
    compile_to(po, compiled)
    if texts_in(compiled) != texts_in(mo):
        problems.append(f"{language}: the compiled file is not current; run make messages")
    return problems


def texts_in(mo: Path) -> dict[object, str]:
    with mo.open("rb") as file:
        texts = dict(vars(gettext.GNUTranslations(file))["_catalog"])
    # The header carries the day of collecting.
    texts.pop("", None)
    return texts


def check() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            if (ROOT / name).exists():
                shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "manage.py", copy)
        collect(copy)
        problems = [problem for language in LANGUAGES for problem in problems_of(language, copy)]
    print("\n".join(sorted(problems)) or "Translations are complete and current.")
    return 1 if problems else 0


def main(words: list[str]) -> int:
    if not (shutil.which("xgettext") and shutil.which("msgfmt")):
        print(
            "gettext is not on this machine: translations are not checked. apt-get install gettext"
        )
        return 1 if os.environ.get("CI") or "--check" not in words else 0
    if "--check" in words:
        return check()
    collect(ROOT)
    for language in LANGUAGES:
        compile_to(catalogue(ROOT, language), catalogue(ROOT, language, "mo"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
