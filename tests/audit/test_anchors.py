"""Where the heads of the chains stand outside the database: appended, signed, content free."""

import json
import stat
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from cases.audit import anchoring
from cases.audit.anchors import read_anchors, write_anchor
from cases.audit.models import Head
from cases.audit.tasks import anchor_heads
from cases.casework.models import Case
from cases.units.models import Unit
from tests.audit import tampering

pytestmark = pytest.mark.django_db
OCTOBER = datetime(2026, 10, 31, 23, 50, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
OWN_KEY = b64encode(b"k" * 32).decode()
OTHER_KEY = b64encode(b"o" * 32).decode()


@pytest.fixture
def anchors(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_ANCHORS = tmp_path / "outside" / "anchors"
    return settings.AUDIT_ANCHORS


def test_a_line_holds_the_heads_that_moved(unit: Unit, other_unit: Unit, anchors: Path) -> None:
    tampering.write_events(unit.pk)
    assert set(write_anchor(timezone.now()).heads) >= {unit.pk}
    tampering.write_events(other_unit.pk)
    line = write_anchor(timezone.now())
    head = Head.objects.get(unit=other_unit.pk)
    assert line.heads == {other_unit.pk: (head.sequence, head.hash)}
    assert write_anchor(timezone.now()).heads == {}
    assert len(read_anchors(anchors).lines) == 3
    assert read_anchors(anchors).faults == []


def test_each_month_has_a_file_that_begins_with_every_head(unit: Unit, anchors: Path) -> None:
    tampering.write_events(unit.pk)
    write_anchor(OCTOBER)
    assert unit.pk in write_anchor(NOVEMBER).heads
    assert sorted(path.name for path in anchors.iterdir()) == [
        "heads-2026-10.jsonl", "heads-2026-11.jsonl",
    ]  # fmt: skip
    assert read_anchors(anchors).faults == []


def test_only_the_owner_reads_the_file(unit: Unit, anchors: Path) -> None:
    write_anchor(OCTOBER)
    assert stat.S_IMODE((anchors / "heads-2026-10.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE(anchors.stat().st_mode) == 0o700


def changed_line(lines: list[str]) -> list[str]:
    content = json.loads(lines[1])
    content["heads"] = {}
    return [lines[0], json.dumps(content), lines[2]]


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (changed_line, "was not signed by us"),
        (lambda lines: [lines[0], lines[2]], "does not follow the one before"),
        (lambda lines: [lines[0], lines[2], lines[1]], "does not follow the one before"),
        (lambda lines: [*lines, "nonsense"], "is no anchor"),
        (lambda lines: [*lines, "[1]"], "is no anchor"),
    ],
    ids=["changed", "missing", "swapped", "nonsense", "no_object"],
)
def test_c5_a_changed_anchor_is_seen(unit: Unit, anchors: Path, tamper: Any, fault: str) -> None:
    for _ in range(3):
        tampering.write_events(unit.pk, 1)
        write_anchor(OCTOBER)
    path = anchors / "heads-2026-10.jsonl"
    path.write_text("\n".join(tamper(path.read_text("utf-8").splitlines())) + "\n", "utf-8")
    assert any(fault in told for told in read_anchors(anchors).faults)


def test_an_own_key_signs_and_an_older_one_still_verifies(
    unit: Unit, anchors: Path, settings: Any
) -> None:
    settings.AUDIT_ANCHOR_KEY = OWN_KEY
    write_anchor(OCTOBER)
    settings.AUDIT_ANCHOR_KEY = f"{OTHER_KEY},{OWN_KEY}"
    write_anchor(NOVEMBER)
    assert read_anchors(anchors).faults == []
    settings.AUDIT_ANCHOR_KEY = OTHER_KEY
    assert len(read_anchors(anchors).faults) == 1


@pytest.mark.parametrize("key", ["short", b64encode(b"short").decode()])
def test_a_key_of_another_length_is_refused(
    unit: Unit, anchors: Path, settings: Any, key: str
) -> None:
    settings.AUDIT_ANCHOR_KEY = key
    with pytest.raises(ImproperlyConfigured, match="AUDIT_ANCHOR_KEY"):
        write_anchor(OCTOBER)


def test_c8_anchors_and_their_mail_hold_no_content(
    case: Case, anchors: Path, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.AUDIT_ANCHOR_MAIL = "auditor@example.no"
    anchor_heads()
    sent = mailoutbox[0].subject + mailoutbox[0].body
    for text in (sent, read_anchors(anchors).lines[0].text):
        for word in (case.person.given_name, case.number, str(case.pk), str(case.person_id)):
            assert word not in text
    assert mailoutbox[0].to == ["auditor@example.no"]


def test_the_heads_are_mailed_once_a_day(
    unit: Unit, anchors: Path, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.AUDIT_ANCHOR_MAIL = "auditor@example.no"
    for now in (OCTOBER, OCTOBER, NOVEMBER):
        anchoring.anchor(now)
    assert len(mailoutbox) == 2


def test_a_mail_that_is_not_sent_is_tried_again(
    unit: Unit, anchors: Path, settings: Any, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUDIT_ANCHOR_MAIL = "auditor@example.no"

    def refuse(*_args: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(anchoring, "send_mail", refuse)
        anchoring.anchor(OCTOBER)
    assert len(read_anchors(anchors).lines) == 1
    anchoring.anchor(OCTOBER)
    assert len(mailoutbox) == 1


def test_the_command_anchors(unit: Unit, anchors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tampering.write_events(unit.pk)
    call_command("anchor_audit")
    assert "heads" in capsys.readouterr().out
    assert read_anchors(anchors).newest_heads()
