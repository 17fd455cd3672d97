"""The project's own files, read once, for the tests that look at code instead of running it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
ROOT = Path(__file__).resolve().parent.parent
CODE_FOLDERS = ("advisory", "cases", "tools", "bench")
NOT_OURS = {"node_modules", "__pycache__", "vendor"}
TEXT_ENDINGS = {
    "", ".cfg", ".conf", ".css", ".csv", ".html", ".in", ".ini", ".js", ".json", ".md", ".po",
    ".py", ".sh", ".svg", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip
HIDDEN_BUT_OURS = {".ci", ".github", ".importlinter", ".gitattributes", ".gitignore"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def files(*folders: str, ending: str = ".py") -> list[Path]:
    """The files below these folders, without vendored and generated ones, in a fixed order."""
    found = (path for folder in folders for path in (ROOT / folder).rglob(f"*{ending}"))
    return sorted(path for path in found if not NOT_OURS & set(path.parts))


def code(*folders: str) -> list[Path]:
    """Python files below these folders without migrations."""
    return [path for path in files(*folders) if "migrations" not in path.parts]


def text_files() -> Iterator[Path]:
    """Every text file of the repository, hidden tool caches and vendored copies left out."""
    for path in sorted(ROOT.iterdir()):
        if path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS:
            continue
        below = [path] if path.is_file() else path.rglob("*")
        for file in below:
            if file.is_file() and file.suffix in TEXT_ENDINGS and not NOT_OURS & set(file.parts):
                yield file


def apps() -> list[str]:
    """The packages below cases/ that hold code."""
    folders = [path.parent for path in (ROOT / "cases").glob("*/__init__.py")]
    return sorted(folder.name for folder in folders if len(list(folder.glob("*.py"))) > 1)


def app_of(path: Path) -> str:
    return path.relative_to(ROOT / "cases").parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def nodes(path: Path, kind: type[Node]) -> Iterator[Node]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, kind))


def at(path: Path, node: ast.stmt | ast.expr) -> str:
    """Where it is, as editors understand it."""
    return f"{name_of(path)}:{node.lineno}"
