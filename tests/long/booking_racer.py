"""One of two racing processes: does what it is told, a line at a time, and answers in one line.

Started by `booking_race`; talks JSON over its pipes, because the two must begin each round at once.
"""

import json
import sys
from datetime import date, time
from typing import Any

import django

django.setup()

# Models can be imported only after the setup above.
from django.core.management import call_command  # noqa: E402

from cases.accounts.models import User  # noqa: E402
from cases.accounts.roles import Role  # noqa: E402
from cases.appointments.actions import SlotTaken, book, cancel, move  # noqa: E402
from cases.appointments.models import Appointment, Booking  # noqa: E402
from cases.casework.reference import load_law  # noqa: E402
from cases.units.models import Place, Unit  # noqa: E402
from tests import factories  # noqa: E402


def prepare(order: dict[str, Any]) -> list[str]:
    """An empty database becomes one unit with an adviser, a room and two cases."""
    call_command("migrate", verbosity=0, interactive=False)
    load_law()
    unit = factories.make_unit("Furu", profile="no-2022-law")
    adviser = factories.make_user("adviser", unit, Role.ADVISER)
    cases = [factories.make_case(unit=unit, by=adviser), factories.make_case(unit=unit, by=adviser)]
    return [str(case.pk) for case in cases]


def slot(order: dict[str, Any]) -> dict[str, Any]:
    adviser = User.objects.get(email="adviser@example.no")
    return {
        "adviser": adviser,
        "place": Place.objects.get(unit=Unit.objects.get(), name_nb="Rom 1"),
        "day": date.fromisoformat(order["day"]),
        "clock": time.fromisoformat(order["clock"]),
        "minutes": 30,
        "by": adviser,
    }


def try_to_book(order: dict[str, Any]) -> str:
    try:
        return str(book(case_id=order["case"], **slot(order)).pk)
    except SlotTaken as taken:
        return f"taken: {taken.kind}"


def try_to_move(order: dict[str, Any]) -> str:
    try:
        move(appointment_id=order["appointment"], asked_for_by="unit", **slot(order))
    except SlotTaken as taken:
        return f"taken: {taken.kind}"
    return "moved"


def call_off(order: dict[str, Any]) -> str:
    cancel(appointment_id=order["appointment"], asked_for_by="unit", by=slot(order)["adviser"])
    return "cancelled"


def count(order: dict[str, Any]) -> list[int]:
    return [Appointment.objects.booked().count(), Booking.objects.count()]


ORDERS = {
    "prepare": prepare, "book": try_to_book, "move": try_to_move, "cancel": call_off, "count": count,
}  # fmt: skip


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer: Any = ORDERS[order["do"]](order)
        except Exception as error:  # noqa: BLE001 - the other side fails the test with it
            answer = f"error: {error!r}"
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
