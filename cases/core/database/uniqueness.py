"""Two people send the same thing at the same moment: the database lets one of them win."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

# PostgreSQL's SQLSTATE and SQLite's names for "there is such a row already".
UNIQUE_VIOLATION = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


@contextmanager
def unique_or(refusal: type[Exception]) -> Iterator[None]:
    """Raise `refusal` when what is written here exists already; nothing of it stays.

    Every other rule of the database that is broken stays the IntegrityError it is: it is a fault
    of the program, and no answer for the user.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if violated_rule(error) not in UNIQUE_VIOLATION:
            raise
        raise refusal from error


def violated_rule(error: IntegrityError) -> str:
    """What kind of rule it was, in the words of the database's own driver; or nothing."""
    cause = error.__cause__
    return str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", ""))
