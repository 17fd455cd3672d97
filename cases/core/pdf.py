"""PDF/UA-1 from a template: the one place that knows WeasyPrint.

Rendering takes seconds for a long report: call it after the commit or in a job, never inside
`recorded()`. A machine without Pango runs everything else; asking for a PDF there says so.
"""

import mimetypes
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

try:
    import weasyprint
except (ImportError, OSError):  # the package, or the libraries it loads: Pango and HarfBuzz
    weasyprint = None

NOT_POSSIBLE = _(
    "A PDF can not be made on this machine: the program Pango is missing. "
    "Whoever runs the program can install it."
)
# Names that mean nothing outside: `.invalid` never resolves.
BASE_ADDRESS = "https://static.invalid/"


class PdfUnavailable(Exception):
    """This machine can not make a PDF. Its text is a sentence for the user."""

    def __str__(self) -> str:
        return str(NOT_POSSIBLE)


class NotOurs(ValueError):
    """A page asked for something that is no static file of the program."""


def pdf_of(template: str, context: Mapping[str, Any], language: str) -> bytes:
    """The template, filled in and in this language, as PDF/UA-1. Extend `base_pdf.html` in it.

    Raises PdfUnavailable without Pango. Nothing is fetched but our own static files: whatever else
    a page names is left out.
    """
    if weasyprint is None:
        raise PdfUnavailable
    with translation.override(language):
        html = render_to_string(template, {**context, "language": language})
    page = weasyprint.HTML(string=html, base_url=BASE_ADDRESS, url_fetcher=OwnFiles())
    pdf: bytes = page.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def is_possible() -> bool:
    return weasyprint is not None


class OwnFiles(weasyprint.urls.URLFetcher if weasyprint else object):  # type: ignore[misc]
    """Opens a static file by its address, hashed or plain, and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Raises NotOurs, which WeasyPrint takes as: go on without."""
        base = BASE_ADDRESS.rstrip("/") + settings.STATIC_URL
        if not url.startswith(base):
            raise NotOurs(urlsplit(url).scheme)
        name = unquote(urlsplit(url).path).removeprefix(settings.STATIC_URL)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return weasyprint.urls.URLFetcherResponse(url, _content_of(name), {"Content-Type": kind})


def _content_of(name: str) -> bytes:
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            content: bytes = file.read()
        return content
    found = finders.find(name)
    if not found:
        raise NotOurs(name)
    with open(found, "rb") as source:
        return source.read()
