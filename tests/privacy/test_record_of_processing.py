"""The record of processing in docs/privacy.md is the one that the models tell."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import translation

from cases.accounts.models import User
from cases.privacy.management.commands import privacy_record
from cases.privacy.processing import (
    ABOUT_NOBODY,
    BEGINS,
    PURPOSES,
    personal_models,
    record,
    with_record,
)
from cases.privacy.report.registry import Model, is_about_people, label_of, paths


def test_the_record_in_the_document_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("privacy_record", check=True)
    assert "up to date" in capsys.readouterr().out


OURS: list[Model] = [m for m in apps.get_models() if m.__module__.startswith("cases.")]
RECORDED = {label_of(m) for of_app in personal_models().values() for m in of_app}
# About people, without a key to a row of theirs: found by reading the models, not by a rule.
WITHOUT_A_KEY = {
    "audit.Event", "audit.EventPerson", "audit.Head", "audit.Seal", "accounts.User",
    "reminders.EarlyReceipt", "retention.DueListItem", "retention.ErasedCase", "retention.Erasure",
}  # fmt: skip


def _keys_to_people(model: Model) -> set[Any]:
    return {f.related_model for f in model._meta.concrete_fields} & {User, *paths()}


def test_every_app_of_the_record_has_a_purpose_and_every_purpose_is_printed() -> None:
    assert set(personal_models()) == set(PURPOSES)
    text = record()
    for purpose in PURPOSES.values():
        assert f"### {purpose.name}\n" in text


def test_every_table_with_a_key_to_a_user_or_a_person_is_in_the_record_and_no_other() -> None:
    tied = {label_of(m) for m in OURS if _keys_to_people(m)}
    assert tied | WITHOUT_A_KEY == RECORDED
    assert tied & WITHOUT_A_KEY == set()


def test_every_table_is_in_the_record_or_about_nobody() -> None:
    everything = {label_of(m) for m in OURS}
    assert everything == RECORDED | set(ABOUT_NOBODY)
    assert not RECORDED & set(ABOUT_NOBODY)
    for model in OURS:
        if label_of(model) in ABOUT_NOBODY:
            assert not _keys_to_people(model), model
            assert not is_about_people(model), model


def test_the_document_has_one_line_for_every_table_of_the_record() -> None:
    document = privacy_record.DOCUMENT.read_text("utf-8")
    lines = [line.split("|")[1].strip() for line in document.partition(BEGINS)[2].splitlines()
             if line.startswith("| ")]  # fmt: skip
    printed = sorted(name for name in lines if name != "what")
    models = [m for of_app in personal_models().values() for m in of_app]
    with translation.override("en"):
        assert printed == sorted(str(m._meta.verbose_name_plural) for m in models)


def test_a_stale_record_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "privacy.md"
    fresh = with_record(privacy_record.DOCUMENT.read_text("utf-8"))
    document.write_text(fresh.replace("| notes |", "| jottings |"), "utf-8")
    monkeypatch.setattr(privacy_record, "DOCUMENT", document)
    with pytest.raises(CommandError, match="stale"):
        call_command("privacy_record", check=True)
    call_command("privacy_record")
    assert document.read_text("utf-8") == fresh


def test_a_document_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        with_record("# Privacy")
