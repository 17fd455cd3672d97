"""A10 in full: five thousand random steps, and no right that was not another's to give."""

import pytest

from tests.accounts.test_rights_machine import run

STEPS = 5_000


@pytest.mark.long
@pytest.mark.django_db
def test_a10_no_violation_in_five_thousand_steps() -> None:
    done = 0
    while done < STEPS:
        done += run(runs=50, steps=50)
    print(f"rights: {done} steps, 0 violations")
