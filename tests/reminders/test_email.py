"""E-mail through a real mail server on loopback, which refuses, hangs up and disappears as told."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_string, policy
from typing import Any

import pytest

from cases.casework.models import Task
from cases.reminders.models import Circuit, Message
from cases.reminders.planning import plan_reminders
from cases.reminders.sending import send_due
from cases.reminders.words import Reason
from tests.reminders.conftest import NOW

pytestmark = pytest.mark.django_db


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mails: list[str] = []
        self.reply_to_recipient = "250 ok"
        self.reply_to_data: str | None = "250 ok"  # None: hangs up when the text has come


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                self.say(self.server.reply_to_recipient)
            elif word == "DATA":
                self.say("354 go on")
                self.server.mails.append(self.read_text())
                if self.server.reply_to_data is None:
                    return
                self.say(self.server.reply_to_data)
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")

    def read_text(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        yield server
        server.shutdown()


@pytest.fixture
def mail(appointment: object) -> Message:
    """The e-mail of a week before, due at its own `planned_at`."""
    plan_reminders(NOW)
    Message.objects.exclude(kind="week_before", channel="email").delete()
    return Message.objects.get()


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_mail_is_neutral_and_names_nobody(mail: Message, mail_server: MailServer) -> None:
    assert send_due(mail.planned_at).handed_over == 1
    (text,) = mail_server.mails
    sent = message_from_string(text, policy=policy.default)
    person = mail.appointment.case.person
    assert sent["Message-ID"] == f"<{mail.pk}@localhost>"
    assert sent["To"] == person.contact_points.get(kind="email").value
    assert sent["From"] == "Furu kommune <no-reply@localhost>"
    assert sent["Subject"] == "Melding om avtale"
    assert "onsdag 10. februar 2027 kl. 10.00" in sent.get_content()
    assert person.given_name not in text
    assert state_of(mail) == ("handed_over", "")
    assert mail.final_at is not None


@pytest.mark.parametrize(
    ("recipient", "data", "state", "reason"),
    [
        ("550 no such user", "250 ok", "failed", Reason.REFUSED),
        ("450 mailbox busy", "250 ok", "planned", ""),
        ("250 ok", "554 no", "failed", Reason.REFUSED),
        ("250 ok", "451 later", "planned", ""),
        ("250 ok", None, "needs_person", Reason.NO_ANSWER),
    ],
)
def test_what_the_mail_server_says(
    mail: Message,
    mail_server: MailServer,
    recipient: str,
    data: str | None,
    state: str,
    reason: str,
) -> None:
    mail_server.reply_to_recipient, mail_server.reply_to_data = recipient, data
    send_due(mail.planned_at)
    assert state_of(mail) == (state, reason)
    assert Task.objects.exists() == (state != "planned")


def test_a_mail_that_broke_off_is_never_sent_again(mail: Message, mail_server: MailServer) -> None:
    mail_server.reply_to_data = None
    send_due(mail.planned_at)
    mail_server.reply_to_data = "250 ok"
    assert send_due(mail.planned_at + timedelta(hours=1)).total() == 0
    assert len(mail_server.mails) == 1


def test_a_mail_server_that_is_down_uses_nothing_up(mail: Message, mail_server: MailServer) -> None:
    mail_server.shutdown()
    mail_server.server_close()
    send_due(mail.planned_at)
    assert state_of(mail) == ("planned", "")
    assert mail.attempt == 0
    assert Circuit.objects.get().failures == 1
