"""The broker of files: beat and worker start at once, and neither reads what is half-written."""

import json
from pathlib import Path
from queue import Empty
from threading import Timer
from typing import Any

import pytest
from kombu import Connection

from advisory import broker, celery_app


@pytest.fixture
def channel(tmp_path: Path) -> Any:
    assert celery_app  # gives `filesystem://` its meaning
    (tmp_path / "control").mkdir()
    options = {
        "data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }  # fmt: skip
    with Connection("filesystem://localhost", transport_options=options) as connection:
        yield connection.channel()


def test_it_is_ours(channel: Any) -> None:
    assert isinstance(channel, broker.Channel)


def test_a_message_goes_in_and_out(channel: Any) -> None:
    channel._put("nudges", {"body": "æ"})
    assert channel._get("nudges") == {"body": "æ"}
    with pytest.raises(Empty):
        channel._get("nudges")


def test_half_a_message_is_not_taken(channel: Any, tmp_path: Path) -> None:
    (tmp_path / "1_x.nudges.msg.part").write_text('{"bo')
    with pytest.raises(Empty):
        channel._get("nudges")


def test_a_list_of_queues_that_is_being_written_is_looked_at_again(
    channel: Any, tmp_path: Path
) -> None:
    table = tmp_path / "control" / "nudges.exchange"
    table.write_text("")
    writer = Timer(0.2, lambda: table.write_text(json.dumps([["nudges", "", "nudges"]])))
    writer.start()
    assert [one.queue for one in channel.get_table("nudges")] == ["nudges"]
    writer.join()
    table.write_text("")
    writer = Timer(0.2, lambda: table.write_text(json.dumps([["others", "", "others"]])))
    writer.start()
    channel._queue_bind("nudges", "nudges", "", "nudges")
    writer.join()
    assert {one.queue for one in channel.get_table("nudges")} == {"nudges", "others"}


def test_what_never_becomes_a_list_is_a_fault(
    channel: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "BETWEEN_SECONDS", 0)
    (tmp_path / "control" / "nudges.exchange").write_text("")
    with pytest.raises(ValueError, match="Expecting value"):
        channel.get_table("nudges")
