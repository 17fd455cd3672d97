"""Every code the log can hold has words, for the staff and for the person."""

import ast
import re

import pytest

from cases.oversight.words import UNKNOWN, action_of, roles_in_words
from tests import source
from tests.source import at, nodes

CODE = re.compile(r"[a-z_]+\.[a-z_]+")
# What passes a code on instead of naming one.
RECORDING = re.compile(r"(^|[._])record(_[a-z_]+)?$")


def _codes_in_use() -> list[tuple[str, str]]:
    """(place, code or its beginning) of every call that records something."""
    found = []
    for path in source.code("cases", "advisory"):
        for call in nodes(path, ast.Call):
            if not RECORDING.search(ast.unparse(call.func)) or not call.args:
                continue
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((at(path, call), first.value))
            elif isinstance(first, ast.JoinedStr):
                start = first.values[0]
                text = start.value if isinstance(start, ast.Constant) else ""
                found.append((at(path, call), str(text)))
            elif isinstance(first, ast.IfExp):
                for one in (first.body, first.orelse):
                    found.append((at(path, call), ast.literal_eval(one)))
    return [(where, code) for where, code in found if CODE.match(code) or code.endswith(".")]


def test_every_action_in_the_code_has_words() -> None:
    used = _codes_in_use()
    assert len(used) > 30
    assert [(where, code) for where, code in used if action_of(code) is UNKNOWN] == []


def test_an_action_without_words_would_be_found() -> None:
    assert action_of("coffee.drunk") is UNKNOWN


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ("adviser,leader", "adviser, unit leader"),
        ("", "the program"),
        ("no_such_role", "the program"),
    ],
)
def test_roles_in_words(roles: str, words: str) -> None:
    assert roles_in_words(roles) == words
