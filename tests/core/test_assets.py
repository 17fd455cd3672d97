"""Files from elsewhere are the ones we looked at, and pages ask for nothing that is not there."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.test import override_settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

from tools import vendor_assets

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
PACKAGES = json.loads(vendor_assets.LOCK.read_text())["packages"]
PAGES = sorted(TEMPLATES.rglob("*.html"))
OWN_FILES = [
    file
    for folder in ("css", "js")
    for file in sorted((STATIC / folder).iterdir())
    if file.is_file()
]


def name_of(file: Path) -> str:
    return str(file.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_vendored_files_are_those_of_the_lock(package: dict[str, object]) -> None:
    vendor_assets.check(package)


def test_a_changed_vendored_file_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor_assets, "VENDOR", tmp_path)
    package = {
        "folder": "x",
        "version": "1",
        "files": {"dist/x.js": vendor_assets.integrity(b"one")},
    }
    (tmp_path / "x" / "1").mkdir(parents=True)
    (tmp_path / "x" / "1" / "x.js").write_bytes(b"two")
    with pytest.raises(vendor_assets.Mismatch):
        vendor_assets.check(package)


def test_every_vendored_file_stands_in_the_lock() -> None:
    locked = {
        vendor_assets.folder_of(package) / Path(name).name
        for package in PACKAGES
        for name in package["files"]
    }
    there = {file for file in vendor_assets.VENDOR.rglob("*") if file.is_file()}
    assert there == locked


def test_every_package_comes_with_its_licence_and_a_reason() -> None:
    for package in PACKAGES:
        assert package["licence"]
        assert package["why"]
        assert package["integrity"].startswith("sha512-")
        assert {"LICENSE", "README.md"} & set(package["files"])


def test_no_style_sheet_or_script_asks_another_server() -> None:
    for file in [*OWN_FILES, *vendor_assets.VENDOR.rglob("*.css")]:
        assert not re.search(r"""(url\(|@import)\s*["']?(https?:)?//""", file.read_text()), file


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_needs_no_inline_style_or_script(page: Path) -> None:
    text = re.sub(
        r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", page.read_text(), flags=re.DOTALL
    )
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|hx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_asks_for_is_there(page: Path) -> None:
    text = page.read_text()
    for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", text) + re.findall(
        r'"/static/([^"]+)"', text
    ):
        assert finders.find(name), name


def test_the_server_can_hash_and_compress_every_file(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=str(tmp_path)):
        storage = CompressedManifestStaticFilesStorage(location=str(tmp_path))
        source = StaticFilesStorage(location=str(STATIC))
        names = [str(file.relative_to(STATIC)) for file in STATIC.rglob("*") if file.is_file()]
        for name in names:
            with source.open(name) as file:
                storage._save(name, file)
        outcome = storage.post_process({name: (source, name) for name in names})
        failures = [
            (name, problem) for name, _hashed, problem in outcome if isinstance(problem, Exception)
        ]
    assert failures == []
