"""Registers referrals in a process of its own: `python -m tests.long.case_registrar UNIT COUNT`."""

import sys

import django


def main(code: str, count: int) -> None:
    # Models can be imported once Django is set up, not before.
    from cases.accounts.models import User  # noqa: PLC0415
    from cases.units.models import Unit  # noqa: PLC0415
    from tests.factories import make_case  # noqa: PLC0415

    unit = Unit.objects.get(code=code)
    user = User.objects.get(email="kari.testdal@example.no")
    print("ready", flush=True)
    sys.stdin.readline()  # both processes begin at the same word
    for _ in range(count):
        make_case(unit=unit, by=user, basis="own_wish", contacts=[], identity_number=False)


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
