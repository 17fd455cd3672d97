"""One run of anchoring: seal the months that have ended, write the heads outside, mail them daily."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail

from cases.audit.actions import seal_ended_months
from cases.audit.anchors import Line, folder, write_anchor
from cases.core.database.context import AUDITOR, speaking_as

MAILED = "mailed"  # the file that says for which day the heads were mailed

logger = logging.getLogger(__name__)


def anchor(now: datetime) -> Line:
    """Raises OSError when the place outside can not be written: the task fails loudly."""
    seal_ended_months(now=now, by=None)
    with speaking_as(AUDITOR):
        line = write_anchor(now)
    if settings.AUDIT_ANCHOR_MAIL and not _is_mailed(now):
        _mail(line, now)
    return line


def _is_mailed(now: datetime) -> bool:
    mailed = folder() / MAILED
    return mailed.exists() and mailed.read_text("utf-8") == f"{now:%Y-%m-%d}"


def _mail(line: Line, now: datetime) -> None:
    """Once a day, to a mailbox that the administrator of the database does not read.

    The line holds the hash of the line before it, and so stands for all that were written.
    """
    try:
        send_mail(
            f"Advisory {now:%Y-%m-%d}",
            f"{line.text}\n",
            settings.DEFAULT_FROM_EMAIL,
            [settings.AUDIT_ANCHOR_MAIL],
        )
    except OSError:
        # The line is written; the next run tries the mail again.
        logger.exception("the heads of the access log were not mailed")
        return
    (folder() / MAILED).write_text(f"{now:%Y-%m-%d}", "utf-8")
