"""The texts every unit starts with, in bokmål, nynorsk and English."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cases.casework.models import LegalBasis
from cases.letters.models import TextKind, TextTemplate

DATA = Path(__file__).parent / "texts.toml"
TEXTS_SINCE = date(2020, 1, 1)


def load_texts() -> None:
    """Loaded once, and again without harm: a text that stands is left as it is.

    Needs the legal bases (`casework.reference.load_law`); each gets what follows from not coming.
    """
    for text in shared_texts():
        TextTemplate.objects.get_or_create(
            kind=text.kind,
            language=text.language,
            unit=None,
            legal_basis=text.legal_basis,
            valid_from=TEXTS_SINCE,
            defaults={"body": text.body},
        )


def shared_texts() -> Iterator[TextTemplate]:
    """The texts of the file as rows that are not saved."""
    with DATA.open("rb") as file:
        languages = tomllib.load(file)
    bases = list(LegalBasis.objects.all())
    for language, texts in languages.items():
        consequences = texts.pop(TextKind.SUMMONS_CONSEQUENCE)
        for kind, body in texts.items():
            yield _text(kind, language, body)
        for basis in bases:
            body = consequences[basis.kind]
            yield _text(TextKind.SUMMONS_CONSEQUENCE, language, body, basis)


def _text(kind: str, language: str, body: str, basis: LegalBasis | None = None) -> TextTemplate:
    return TextTemplate(
        kind=kind,
        language=language,
        legal_basis=basis,
        body=body.strip(),
        valid_from=TEXTS_SINCE,
    )
