"""The record of processing in docs/privacy.md is the one that the models tell."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.privacy.management.commands import privacy_record
from cases.privacy.processing import PURPOSES, personal_models, record, with_record


def test_the_record_in_the_document_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("privacy_record", check=True)
    assert "up to date" in capsys.readouterr().out


def test_every_app_with_personal_data_has_a_purpose_and_a_basis() -> None:
    assert set(personal_models()) <= set(PURPOSES)
    assert "people" in personal_models()


def test_every_personal_table_stands_in_the_record() -> None:
    text = record()
    for models in personal_models().values():
        for model in models:
            assert f"| {model._meta.verbose_name_plural} |" in text


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
