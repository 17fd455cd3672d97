"""How names are folded, so that they are found on every engine as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.accounts.models import User
from cases.people.models import (
    SEARCH_PREFIX_LONGEST,
    SEARCH_PREFIX_SHORTEST,
    Person,
    folded_words,
    search_prefixes,
)
from cases.units.models import Unit
from tests import factories


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Bjørnstad", ["bjornstad"]),
        ("Ærlighet ÅSE", ["aerlighet", "ase"]),
        ("Čearret Đŋš-Ŧ", ["cearret", "dns"]),
        ("José-María O'Brien", ["jose", "maria", "brien"]),
        ("  Ås  ", ["as"]),
        ("Straße", ["strasse"]),
        ("A B", []),
        ("\x00\u202e--", []),
        ("李小龙", ["李小龙"]),
    ],
)
def test_words_are_folded(typed: str, folded: list[str]) -> None:
    assert folded_words(typed) == folded


@given(st.text(max_size=120))
def test_what_is_typed_in_capitals_is_found_the_same(name: str) -> None:
    assert folded_words(name.upper().lower()) == folded_words(name.lower().upper().lower())


@given(st.text(max_size=120))
def test_every_prefix_is_short_enough_for_its_column(name: str) -> None:
    lengths = {len(prefix) for prefix in search_prefixes(name)}
    assert lengths <= set(range(SEARCH_PREFIX_SHORTEST, SEARCH_PREFIX_LONGEST + 1))


@given(st.text(max_size=60))
def test_a_name_is_found_by_itself(name: str) -> None:
    kept = search_prefixes(name)
    assert all(word[:SEARCH_PREFIX_LONGEST] in kept for word in folded_words(name))


@pytest.mark.django_db
def test_every_word_must_fit_and_only_the_units_asked_are_searched(
    unit: Unit, other_unit: Unit, adviser: User, outsider: User
) -> None:
    born = factories.make_person(unit, adviser, given_name="Bjørn Åge", family_name="Testærfugl")
    factories.make_person(other_unit, outsider, given_name="Bjørn", family_name="Testærfugl")
    for words in ("bjo", "BJØRN", "bjorn test", "åge bj", "testærfugl", "age"):
        assert list(Person.objects.searched(words, {unit.pk})) == [born], words
    for words in ("fugl", "bjørn gran", "jo"):
        assert not Person.objects.searched(words, {unit.pk}).exists(), words
    assert not Person.objects.searched("bjørn", set()).exists()
