"""F4: a table for a spreadsheet holds no formula, stays readable, and gives back what was written."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.core.spreadsheets import MARK, TRIGGERS, csv_of, inert, original

HOSTILE = [
    "=1+1", '=HYPERLINK("http://192.0.2.1/","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1",
    "\n=1+1", "\0=1+1", "=cmd|' /C calc'!A0", " =1+1", "\u00a0=1+1", "＝1+1", "'=1+1", "−5", "-5",
    "+47 900 00 000", '"; =1+1', "a;b", 'a"b', "a\nb", "",
]  # fmt: skip


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("text", HOSTILE)
def test_f4_no_cell_begins_like_a_formula_and_every_cell_comes_back(text: str) -> None:
    ((_header,), (cell,)) = parsed(csv_of(["x"], [[text]]))
    assert not cell.lstrip(" \u00a0").startswith(TRIGGERS)
    assert original(cell) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_f4_any_text_comes_back(text: str) -> None:
    assert original(inert(text)) == text
    assert not inert(text).startswith(TRIGGERS)


def test_f4_numbers_and_telephones_stay_readable() -> None:
    assert inert("−5") == "−5", "the minus of print is no formula"
    assert inert("-5") == MARK + "-5"
    assert inert("+47 900 00 000") == MARK + "+47 900 00 000"
    assert inert("Ola") == "Ola"


def test_header_and_names_with_separators_stay_in_their_cells() -> None:
    rows = parsed(csv_of(["=a", "b"], [["x;y", 'he said "no"'], ["1\n2", "æøå čđŋ"]]))
    assert rows == [["'=a", "b"], ["x;y", 'he said "no"'], ["1\n2", "æøå čđŋ"]]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not on this machine")
def test_f4_libreoffice_finds_no_formula(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_bytes(csv_of(["x"], [[text] for text in HOSTILE]))
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "fods", "--infilter=CSV:59,34,76",
         "--outdir", str(tmp_path), str(file)], check=True, timeout=120,
    )  # fmt: skip
    assert "table:formula" not in (tmp_path / "cells.fods").read_text("utf-8")
