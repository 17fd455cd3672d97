"""What is not finished about a person or a case holds its deletion back, whichever app it lives in.

The models say it themselves, in `class Privacy`: a model of a later app is asked the day it is
written.
"""

from uuid import UUID

from cases.core.models import declared_in_privacy
from cases.retention.models import LeftOut
from cases.units.models import Unit


def whatever_holds(unit: Unit) -> dict[UUID, LeftOut]:
    """Id of the case or person → why nothing of it is deleted yet. One query for each model."""
    return {
        held: LeftOut(holds.why)
        for model, holds in declared_in_privacy("holds_deletion").items()
        for held in model._base_manager.filter(holds.unfinished, unit=unit).values_list(
            holds.of, flat=True
        )
    }
