"""No log line carries what an exception says: it may name a person."""

import logging
import sys

from celery.app.trace import log_policy_unexpected

from advisory.logs import ContentFreeFormatter

CANARY = "Kari Nordmann +47 400 00 000"


def _failed(message: str, args: object) -> logging.LogRecord:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError:
        exc_info = sys.exc_info()
    return logging.LogRecord("cases", logging.ERROR, __file__, 1, message, args, exc_info)  # type: ignore[arg-type]


def test_an_exception_is_told_by_kind_and_place_alone() -> None:
    record = _failed("A page failed", ())
    record.exc_text = CANARY

    line = ContentFreeFormatter().format(record)

    assert CANARY not in line
    assert "builtins.ValueError" in line
    assert "builtins.KeyError" in line
    assert "test_logs.py" in line


def test_a_failed_task_is_told_without_its_words() -> None:
    context = {
        "name": "cases.reminders.tasks.send_reminders", "id": "1", "hostname": "here",
        "exc": repr(ValueError(CANARY)), "traceback": CANARY, "args": CANARY, "kwargs": CANARY,
        "description": "raised unexpected", "internal": False,
    }  # fmt: skip
    record = _failed(log_policy_unexpected.format, (context,))

    line = ContentFreeFormatter().format(record)

    assert CANARY not in line
    assert "cases.reminders.tasks.send_reminders[1] raised unexpected: ValueError" in line
