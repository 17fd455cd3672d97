"""docs/security.md and the ASVS table are kept: every bar and requirement, every test they name."""

import ast
import re
from functools import cache

import pytest

from tests import source
from tests.source import ROOT, tree

SECURITY = ROOT / "docs" / "security.md"
ASVS = ROOT / "docs" / "security" / "asvs.md"
SHORTEST_REASON = 20
BARS = (
    [f"A{n}" for n in range(1, 14)] + [f"B{n}" for n in range(1, 10)]
    + [f"C{n}" for n in range(1, 11)] + [f"E{n}" for n in range(5, 11)]
    + [f"F{n}" for n in range(1, 13)] + [f"J{n}" for n in range(1, 6)]
    + [f"K{n}" for n in range(1, 8)]
)  # fmt: skip
# Level of each requirement of each section of ASVS 5.0.0, in its order; those of level 3 are chosen.
ASVS_LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3",
    "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333",
    "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23",
    "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip


def rows_of(text: str, first: str) -> list[list[str]]:
    """The lines of all tables whose first cell fits, cell by cell."""
    lines = (line.strip().strip("|").split(" | ") for line in text.splitlines() if line[:1] == "|")
    cells = ([cell.strip() for cell in line] for line in lines)
    return [line for line in cells if re.fullmatch(first, line[0])]


@cache
def all_tests() -> frozenset[str]:
    """`folder/test_file.py` and `folder/test_file.py::test_name` of every test."""
    found = set()
    for path in source.files("tests"):
        name = path.relative_to(ROOT / "tests").as_posix()
        functions = [
            node.name
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        found |= {f"{name}::{one}" for one in functions if one.startswith("test_")}
        if any(one.startswith("test_") for one in functions):
            found.add(name)
    return frozenset(found)


def named_tests(text: str) -> list[str]:
    return re.findall(r"`((?:[a-z_0-9]+/)*test_[a-z_0-9]+\.py(?:::\w+)?)`", text)


def missing(text: str) -> list[str]:
    measured = re.findall(r"`(bench/[a-z_]+\.py)`", text)
    return [name for name in named_tests(text) if name not in all_tests()] + [
        name for name in measured if not (ROOT / name).is_file()
    ]


@pytest.mark.parametrize("document", [SECURITY, ASVS])
def test_m_every_test_that_is_named_exists(document: object) -> None:
    text = document.read_text("utf-8")  # type: ignore[attr-defined]
    assert len(named_tests(text)) > 30
    assert missing(text) == []


def test_m_a_test_that_does_not_exist_would_be_found() -> None:
    assert missing("`transport/test_documents.py::test_m_there_is_no_such_test`") != []
    assert missing("`transport/test_nothing.py`") != []


def test_m_every_bar_has_a_test_and_a_figure() -> None:
    rows = rows_of(SECURITY.read_text("utf-8"), r"[A-M]\d{1,2}")
    assert [row[0] for row in rows] == BARS
    for bar, claim, proof, figure in rows:
        assert claim, bar
        # What it costs is measured and not tested; where the log goes is the host's.
        elsewhere = {"C7": "`bench/audit_cost.py`", "K7": "host: "}.get(bar)
        assert named_tests(proof) or (elsewhere and proof.startswith(elsewhere)), bar
        assert len(figure) > 2, bar


def test_m_the_table_has_exactly_the_requirements_of_levels_1_and_2() -> None:
    wanted = [
        (f"{section}.{number}", level)
        for section, levels in ASVS_LEVELS.items()
        for number, level in enumerate(levels, start=1)
    ]
    assert len(wanted) == 345
    rows = rows_of(ASVS.read_text("utf-8"), r"\d+\.\d+\.\d+")
    listed = [(row[0], row[1]) for row in rows if row[1] in ("1", "2")]
    assert listed == [(number, level) for number, level in wanted if level != "3"]
    assert len(listed) == 253
    chosen = {row[0] for row in rows if row[1] not in ("1", "2")}
    assert chosen <= {number for number, level in wanted if level == "3"}


def test_m_every_requirement_has_a_test_or_a_reason() -> None:
    for row in rows_of(ASVS.read_text("utf-8"), r"\d+\.\d+\.\d+"):
        proof = row[-1]
        reason = re.sub(r"`[^`]*`|^(host|not here|open):", "", proof)
        assert named_tests(proof) or len(reason) >= SHORTEST_REASON, row[0]
        assert not re.fullmatch(r"[A-Z_]+", proof), row[0]
