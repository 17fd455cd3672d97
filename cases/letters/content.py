"""What a letter says, part by part: made once, sealed as JSON, printed as it stands."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class LetterContent:
    """Every word of the page, in the letter's own language, in the order it is read."""

    title: str  # shown in a window's title bar and on top: neutral
    sender: str
    sender_lines: tuple[str, ...]
    recipient_lines: tuple[str, ...]  # a name alone when the address is protected or not known
    dated: str
    reference: str
    facts: tuple[tuple[str, str], ...]  # label and value: when, where, with whom
    parts: tuple[tuple[str, str], ...]  # heading, or nothing, and text in paragraphs
    closing: tuple[str, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        values = json.loads(text)
        for name in ("facts", "parts"):
            values[name] = tuple((first, second) for first, second in values[name])
        for name in ("sender_lines", "recipient_lines", "closing"):
            values[name] = tuple(values[name])
        return cls(**values)
