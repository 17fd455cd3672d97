"""The answer as the sender reads it. The preview and the printed page are made of these lines."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.casework.models import Case
from cases.core.dates import local
from cases.support.answer_content import AnswerContent, content_sent
from cases.support.models import AnswerToSender
from cases.units.models import Unit


@dataclass(frozen=True)
class AnswerText:
    language: str
    heading: str
    sender_of_letter: str  # the unit's letterhead
    recipient: str
    lines: tuple[tuple[str, str], ...]


def answer_text(
    content: AnswerContent, unit: Unit, *, replaces: AnswerToSender | None = None
) -> AnswerText:
    """In the unit's language: which case, attended or not, on which days."""
    with override(unit.language):
        lines = [
            (_("Your reference"), content.sender_reference or "–"),
            (_("Our case number"), content.case_number),
            (_("Attended"), _("Yes") if content.attended else _("No")),
            (_days_label(content), ", ".join(map(_day, content.dates)) or "–"),
        ]
        if replaces is not None:
            lines.append((_("Replaces our answer of"), _day(local(replaces.sent_at).date())))
        return AnswerText(
            language=unit.language,
            heading=_("Answer about attendance"),
            sender_of_letter=unit.name,
            recipient=content.sender_name,
            lines=tuple(lines),
        )


def text_sent(answer: AnswerToSender, case: Case) -> AnswerText:
    return answer_text(content_sent(answer), case.unit, replaces=answer.corrects)


def _days_label(content: AnswerContent) -> str:
    return _("Days attended") if content.attended else _("Days missed")


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
