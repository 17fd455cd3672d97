"""What is not finished about a person or a case holds its deletion back, whichever app it lives in.

The models say it themselves, in `class Privacy`: a model of a later app is asked the day it is
written.
"""

from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from cases.core.models import HoldsDeletion
from cases.retention.models import LeftOut
from cases.units.models import Unit


@cache
def holding_models() -> tuple[tuple[type[models.Model], HoldsDeletion], ...]:
    """Each model with a row that may hold a deletion back, and when it does."""
    said: dict[type[models.Model], Any] = {
        model: getattr(model.__dict__.get("Privacy"), "holds_deletion", None)
        for model in apps.get_models()
    }
    return tuple((model, holds) for model, holds in said.items() if holds)


def whatever_holds(unit: Unit) -> dict[UUID, LeftOut]:
    """Id of the case or person → why nothing of it is deleted yet. One query for each model."""
    return {
        held: LeftOut(holds.why)
        for model, holds in holding_models()
        for held in model._base_manager.filter(holds.unfinished, unit=unit).values_list(
            holds.of, flat=True
        )
    }
