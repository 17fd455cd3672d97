"""E-mail through the mail server of EMAIL_URL. Nothing but the address is in it, no name.

A mail server promises nothing about the same message twice: a connection that breaks after the
text was sent leaves it unclear, and a person must find out.
"""

import smtplib
from concurrent.futures import Future
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from cases.reminders.channels.base import (
    NOT_TRIED,
    UNANSWERED,
    UNCLEAR,
    Answer,
    Outcome,
    Outcomes,
    Parcel,
)
from cases.reminders.pace import MOST_UNANSWERED


class Mailbox:
    # One after the other: even at several seconds each they are over before the lease is.
    batch = 20
    honours_key = False

    def hand_over(self, parcels: list[Parcel]) -> "Future[Outcomes]":
        done: Future[Outcomes] = Future()
        done.set_result(self._hand_over_all(parcels))
        return done

    def _hand_over_all(self, parcels: list[Parcel]) -> Outcomes:
        outcomes: Outcomes = {}
        unanswered = 0
        connection = get_connection()
        for parcel in parcels:
            if unanswered >= MOST_UNANSWERED:
                outcomes[parcel.id] = NOT_TRIED
                continue
            outcome = self._hand_over(parcel, connection)
            outcomes[parcel.id] = outcome
            if outcome.answer in UNANSWERED:
                unanswered += 1
                connection = get_connection()
            else:
                unanswered = 0
        _close(connection)
        return outcomes

    def _hand_over(self, parcel: Parcel, connection: BaseEmailBackend) -> Outcome:
        try:
            connection.open()
        except (smtplib.SMTPException, OSError):
            return NOT_TRIED  # no message was begun
        try:
            connection.send_messages([mail_of(parcel)])
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(max(code for code, _text in error.recipients.values()))
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code)
        except (smtplib.SMTPException, OSError):
            return UNCLEAR
        except ValueError:
            return Outcome(Answer.REFUSED)  # the address can not be written as one
        return Outcome(Answer.ACCEPTED, str(parcel.id))


def mail_of(parcel: Parcel) -> EmailMessage:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject=parcel.subject,
        body=parcel.text,
        from_email=formataddr((parcel.sender_name, address)),
        to=[parcel.to],
        headers={
            "Message-ID": f"<{parcel.id}@{address.rpartition('@')[2] or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _refused(code: int) -> Outcome:
    """4xx is for now, 5xx for good; anything else is no answer to what was asked."""
    if 400 <= code < 500:
        return Outcome(Answer.TRY_AGAIN)
    return Outcome(Answer.REFUSED) if 500 <= code < 600 else UNCLEAR


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        pass  # everything was answered before
