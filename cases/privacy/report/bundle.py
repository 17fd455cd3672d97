"""The file that answers an access request: a PDF for the person, JSON for machines, in one zip."""

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from cases.core.pdf import pdf_of
from cases.core.working_days import OSLO
from cases.privacy.models import AccessRequest, ReportLanguage
from cases.privacy.report.contents import Section, sections_of
from cases.privacy.report.words import SAMI, SAMI_CHECK

TEMPLATE = "privacy/access_report.html"


@dataclass(frozen=True)
class Report:
    """All that goes into the files. Read in a transaction; made into files outside of it."""

    context: dict[str, Any]
    sections: list[Section]
    language: str

    @property
    def rows(self) -> int:
        return sum(len(section.entries) for section in self.sections)


def gather(request: AccessRequest, now: datetime) -> Report:
    """Read everything about the person, in the words of the file's language."""
    language = written_in(request.language)
    with translation.override(language):
        sections = sections_of(request.person, with_names=request.with_names)
    context = {
        "person": request.person,
        "unit": request.unit,
        "asked_on": request.asked_on,
        "made_at": timezone.localtime(now, OSLO),
        "with_names": request.with_names,
        "sami": SAMI if request.language == ReportLanguage.SE else {},
        "sami_check": SAMI_CHECK,
    }
    return Report(context, sections, language)


def written_in(language: str) -> str:
    """Northern Sámi has headings only; the text is in bokmål."""
    return ReportLanguage.NB if language == ReportLanguage.SE else language


def zip_of(report: Report) -> bytes:
    """Raises PdfUnavailable."""
    context = {**report.context, "sections": report.sections}
    files = {
        "report.pdf": pdf_of(TEMPLATE, context, report.language),
        "report.json": json_of(report).encode(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def json_of(report: Report) -> str:
    tables = [
        {"table": s.table, "title": s.title, "rows": [asdict(e)["values"] for e in s.entries]}
        for s in report.sections
    ]
    content = {
        "unit": report.context["unit"].name,
        "asked_on": report.context["asked_on"],
        "made_at": report.context["made_at"],
        "language": report.language,
        "tables": tables,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)
