"""Every form of every page, found by reading the pages: what a browser would let a person send."""

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone

FORM_DATA = "application/x-www-form-urlencoded"


@dataclass
class Field:
    name: str
    kind: str
    values: list[str] = field(default_factory=list)  # what stands in it, or is chosen
    options: list[str] = field(default_factory=list)  # what may be chosen

    def filled(self) -> list[str]:
        """What a hasty person would leave or put in it."""
        if any(self.values):
            return [value for value in self.values if value]
        if self.kind in ("select", "radio", "checkbox"):
            return [value for value in self.options if value][:1]
        if self.kind in ("hidden", "submit"):
            return self.values
        return [_something_for(self.name)]


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self) -> dict[str, list[str]]:
        found = {name: one.filled() for name, one in self.fields.items()}
        return {name: values for name, values in found.items() if values}

    @property
    def typed(self) -> list[str]:
        """Names of the fields that take free text."""
        free = ("text", "textarea", "email", "tel", "search", "url", "number", "date", "time")
        return [name for name, one in self.fields.items() if one.kind in free]


def _something_for(name: str) -> str:
    today = timezone.localdate()
    if name.endswith(("_on", "day", "valid_from", "valid_to")) or "date" in name:
        return f"{today + timedelta(days=(7 - today.weekday())):%d.%m.%Y}"
    if "clock" in name or "time" in name:
        return "13.00"
    if "email" in name:
        return "someone@example.no"
    if "mobile" in name or "phone" in name or name in ("value", "number"):
        return "90012345"
    return "Ord nok til en grunn som kan leses"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select: Field | None = None
        self.textarea: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(facts.get("action", ""), facts.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is not None and (name := facts.get("name")):
            self._control(tag, name, facts)
        if tag == "option" and self.select is not None:
            value = facts.get("value", "")
            self.select.options.append(value)
            if "selected" in facts:
                self.select.values.append(value)

    def _control(self, tag: str, name: str, facts: dict[str, str]) -> None:
        assert self.open is not None
        kind = {"select": "select", "textarea": "textarea", "button": "submit"}.get(
            tag, facts.get("type", "text")
        )
        if tag not in ("input", "select", "textarea", "button"):
            return
        one = self.open.fields.setdefault(name, Field(name, kind))
        if tag == "select":
            self.select = one
        elif tag == "textarea":
            self.textarea = one
        elif kind in ("radio", "checkbox"):
            one.options.append(facts.get("value", "on"))
            if "checked" in facts:
                one.values.append(facts.get("value", "on"))
        elif kind == "submit":
            del self.open.fields[name]
        else:
            one.values.append(facts.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.textarea is not None and data.strip():
            self.textarea.values.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None


def forms_of(page: str) -> list[Form]:
    """The forms of one page that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]
