"""J4: the report follows the models, so that a new table or column can not be forgotten."""

import pytest
from django.apps import apps
from django.utils import translation

from cases.people.models import Person
from cases.privacy.report.registry import (
    ANSWERED_ELSEWHERE,
    LEFT_OUT,
    TECHNICAL,
    Model,
    is_about_people,
    label_of,
    paths,
    reason_left_out,
    shown_fields,
)
from cases.privacy.report.words import ORDER, has_words, title_of

OURS: list[Model] = [m for m in apps.get_models() if m.__module__.startswith("cases.")]
REACHED = sorted(paths(), key=label_of)
every_table = pytest.mark.parametrize("model", REACHED, ids=label_of)


def test_j4_every_table_about_people_is_reached_or_answered_for_elsewhere() -> None:
    missing = {label_of(m) for m in OURS if is_about_people(m)} - {label_of(m) for m in REACHED}
    assert missing <= set(ANSWERED_ELSEWHERE), "tie it to a person, or say where it is answered for"
    assert len(REACHED) > 25


def test_what_is_answered_elsewhere_exists_and_is_not_reached() -> None:
    known = {label_of(m) for m in OURS}
    assert set(ANSWERED_ELSEWHERE) <= known
    assert not set(ANSWERED_ELSEWHERE) & {label_of(m) for m in REACHED}


def test_the_way_to_a_person_is_the_way_of_the_foreign_keys() -> None:
    for model, path in paths().items():
        reached: Model = model
        for step in path:
            reached = reached._meta.get_field(step).related_model  # type: ignore[assignment]
        assert reached is Person


@every_table
def test_every_column_is_shown_or_left_out_for_a_reason(model: Model) -> None:
    for field in model._meta.concrete_fields:
        assert field in shown_fields(model) or reason_left_out(model, field)


@every_table
def test_every_shown_column_and_table_has_words_of_its_own(model: Model) -> None:
    assert [f.name for f in shown_fields(model) if not has_words(f)] == []
    assert model._meta.app_label in ORDER
    with translation.override("en"):
        assert title_of(model)[0].isupper()


def test_reasons_for_leaving_out_are_about_columns_that_exist() -> None:
    names = {field.name for model in REACHED for field in model._meta.concrete_fields}
    assert set(TECHNICAL) <= names, "a reason is not needed any more"
    columns = {f"{label_of(m)}.{f.name}" for m in REACHED for f in m._meta.concrete_fields}
    assert set(LEFT_OUT) <= columns


def test_no_sealed_text_of_a_person_is_left_out_but_for_an_employees_sake() -> None:
    """What somebody has written about the person is exactly what they ask for."""
    left_out = [
        f"{label_of(model)}.{field.name}"
        for model in REACHED
        for field in model._meta.concrete_fields
        if type(field).__name__ == "EncryptedTextField" and field not in shown_fields(model)
    ]
    assert set(left_out) == {
        "people.Block.reason", "privacy.AccessRequest.file", "retention.ArchivePackage.content",
    }  # fmt: skip
