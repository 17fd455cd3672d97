"""Log lines without personal data: where something failed and of what kind, never with which value.

The text of an exception is the text of somebody's row: a database names the value that broke a rule,
a mail server the recipient it refused.
"""

import logging
import traceback
from types import TracebackType

ExceptionFacts = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class ContentFreeFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # Celery writes the text of a task's exception into the line itself.
        if isinstance(record.args, dict) and "exc" in record.args:
            kind = record.exc_info[0] if record.exc_info else None
            name = kind.__name__ if kind else "an exception"
            record.args = {**record.args, "exc": name, "traceback": "", "args": "", "kwargs": ""}
        # Django names the address of what it refused; somebody may have typed a name into it.
        if hasattr(record, "request") and isinstance(record.args, tuple):
            match = getattr(record.request, "resolver_match", None)
            page = match.view_name if match else "no page"
            record.args = tuple(page if str(arg).startswith("/") else arg for arg in record.args)
        # Another formatter may have left its own rendering of the exception on the record.
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: ExceptionFacts) -> str:  # noqa: N802 logging's own name
        lines = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            lines += ["caused by:"] if cause else []
            error = cause
        return "\n".join(lines)
