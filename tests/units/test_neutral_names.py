"""What signs a message must not tell what the unit does."""

import pytest
from django.core.exceptions import ValidationError

from cases.units.models import Unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("neutral_name", "Rådgivende enhet Furu"),
        ("neutral_name", "Furu ruskontor"),
        ("neutral_sender", "RUSHJELP"),
        ("neutral_sender", "Narko Furu"),
    ],
)
def test_a_name_that_tells_is_refused_at_its_field(unit: Unit, field: str, text: str) -> None:
    setattr(unit, field, text)
    with pytest.raises(ValidationError) as refused:
        unit.full_clean()
    assert "A bystander could understand" in str(refused.value.message_dict[field])


def test_the_name_of_a_municipality_is_neutral(unit: Unit) -> None:
    unit.neutral_name, unit.neutral_sender = "Furu kommune", "Furu komm."
    unit.full_clean()
