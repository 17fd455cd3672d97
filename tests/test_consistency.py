"""Things that must agree with each other: models, addresses, templates, jobs, locks, documents."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatch
from typing import Any

import pytest
from django.apps import apps as django_apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.urls import URLResolver, get_resolver
from django.utils import translation
from packaging.requirements import Requirement

from advisory import celery_app
from cases.core.identity_numbers import InvalidIdentityNumber, read_identity_number
from tests import source
from tests.source import ROOT, name_of, nodes

MODELS = sorted(
    (model for model in django_apps.get_models() if model.__module__.startswith("cases.")),
    key=lambda model: model._meta.label,
)
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)

# Looked up by Django, allauth and crispy-forms under names that stand in their code.
FOUND_BY_PACKAGES = re.compile(
    r"^(account|allauth|mfa|admin|django|registration|designsystemet)/|^(400|403|403_csrf|404|500)\.html$"
)
# In pieces, so that this file does not name them itself.
REGISTRY_HOSTS = [
    "pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com",
    "yarn" + "pkg.com", "deb." + "debian.org", "security." + "debian.org",
    "crates" + ".io", "proxy.go" + "lang.org", "/opt/" + "pypi", "/opt/" + "wheels",
]  # fmt: skip
PRIVATE_ADDRESS = re.compile(
    r"(?<![\d.])(10\.\d{1,3}|172\.(1[6-9]|2\d|3[01])|192\.168|169\.254)\.\d{1,3}\.\d{1,3}(?![\d.])"
)


# --- Models -----------------------------------------------------------------------------------


def test_every_app_with_models_is_looked_at() -> None:
    with_models = {app for app in source.apps() if list((ROOT / "cases" / app).glob("models*"))}
    assert {model._meta.app_label for model in MODELS} >= with_models - {"core"}
    assert len(MODELS) > 20


@every_model
def test_every_field_is_kept_erased_or_anonymised(model: type[models.Model]) -> None:
    privacy: Any = model.__dict__.get("Privacy")
    assert privacy, f"{model.__name__} does not say what becomes of its fields: class Privacy"
    classified = [*privacy.kept, *privacy.erased, *privacy.anonymised]
    columns = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    assert sorted(classified) == sorted(field.name for field in columns)


def _named_in(condition: object) -> set[str]:
    """The fields a condition mentions."""
    if isinstance(condition, models.Q):
        return {name for child in condition.children for name in _named_in(child)}
    return {condition[0].split("__")[0]} if isinstance(condition, tuple) else set()


@every_model
def test_when_and_by_whom_are_both_set_or_both_empty(model: type[models.Model]) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    together = [
        _named_in(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]
    for at, moment in fields.items():
        by = fields.get(at.removesuffix("_at") + "_by") if at.endswith("_at") else None
        if by is None or not (moment.null or by.null):
            continue
        assert moment.null == by.null, f"{at} and {by.name} are not both optional"
        assert any({at, by.name} <= names for names in together), f"no constraint binds {at}, {by}"


def _enumerations() -> list[type[models.TextChoices]]:
    return [
        kind for kind in models.TextChoices.__subclasses__() if kind.__module__.startswith("cases.")
    ]


def test_stored_words_are_lower_case() -> None:
    kinds = _enumerations()
    shouting = [value for kind in kinds for value in kind.values if value != value.lower()]
    assert kinds
    assert shouting == []


def _begins_small(words: object) -> bool:
    """Whether it may stand inside a sentence. Abbreviations may begin in capitals."""
    with translation.override("en"):
        text = str(words)
    return text[:1].islower() or text[:2].isupper()


@every_model
def test_names_of_models_and_fields_begin_with_a_small_letter(model: type[models.Model]) -> None:
    named: list[Any] = [model._meta.verbose_name, model._meta.verbose_name_plural]
    named += [field.verbose_name for field in model._meta.concrete_fields]
    assert [str(words) for words in named if not _begins_small(words)] == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- Addresses and templates --------------------------------------------------------------------


def _address_names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _address_names(pattern, inner)
        elif pattern.name:
            yield f"{prefix}{pattern.name}"


def _strings(path: Any) -> Iterator[str]:
    return (node.value for node in nodes(path, ast.Constant) if isinstance(node.value, str))


def _address_names_in_templates() -> Iterator[tuple[str, str]]:
    for path in source.files("templates", "cases", ending=".html"):
        for name in re.findall(r"{%-?\s*url\s+['\"]([^'\"]+)['\"]", path.read_text("utf-8")):
            yield name_of(path), name


def _address_names_in_code() -> Iterator[tuple[str, str]]:
    """First arguments of reverse and redirect, and every `app:page` such as the navigation's."""
    namespaces = "|".join(source.apps())
    looks_like_one = re.compile(rf"({namespaces}):[a-z][a-z0-9_]*")
    asking = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
    for path in source.code("cases", "advisory"):
        for call in nodes(path, ast.Call):
            called = ast.unparse(call.func).split(".")[-1]
            first = call.args[0] if call.args else None
            if called in asking and isinstance(first, ast.Constant) and "/" not in str(first.value):
                yield name_of(path), str(first.value)
        yield from (
            (name_of(path), text) for text in _strings(path) if looks_like_one.fullmatch(text)
        )


def test_every_address_name_used_exists() -> None:
    known = set(_address_names(get_resolver()))
    used = {*_address_names_in_templates(), *_address_names_in_code()}
    assert len(used) > 10
    assert sorted(item for item in used if item[1] not in known) == []


def _template_names_asked_for() -> set[str]:
    """Names, and patterns of names: an f-string is a pattern unless its folder is open, too."""
    asked = set()
    for path in source.code("cases", "advisory", "tools"):
        asked |= set(_strings(path))
        for joined in nodes(path, ast.JoinedStr):
            parts = [str(p.value) if isinstance(p, ast.Constant) else "*" for p in joined.values]
            asked.add("".join(parts))
    for path in (ROOT / "templates").rglob("*.*"):
        asked |= set(re.findall(r"['\"]([\w./-]+)['\"]", path.read_text("utf-8")))
    return {name for name in asked if re.match(r"[\w.-]+(/[^*]|\.)", name) and "." in name}


def test_every_template_is_used() -> None:
    folder = ROOT / "templates"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.*")]
    asked = _template_names_asked_for()
    unused = [
        name
        for name in names
        if not FOUND_BY_PACKAGES.match(name) and not any(fnmatch(name, one) for one in asked)
    ]
    assert names
    assert sorted(unused) == []


# --- Jobs -----------------------------------------------------------------------------------------


def test_beat_nudges_registered_tasks_at_plain_intervals() -> None:
    celery_app.loader.import_default_modules()
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert schedule
    for name, nudge in schedule.items():
        assert nudge["task"] in celery_app.tasks, name
        assert isinstance(nudge["schedule"], int | float | timedelta), name
        assert not nudge.get("args"), name
        assert not nudge.get("kwargs"), name


# --- Dependencies ---------------------------------------------------------------------------------


def _requirements(name: str) -> list[tuple[Requirement, str]]:
    """(requirement, comment) of each line of an .in file."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    parts = [line.partition("#") for line in lines if line and line[0] not in "#-"]
    return [(Requirement(wanted), comment.strip()) for wanted, _hash, comment in parts]


def _locked(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package of a lock file."""
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8"))
    pins = [re.match(r"([a-z0-9._-]+)==([^\s;]+)", block) for block in blocks]
    assert all(pin or block.startswith("#") for pin, block in zip(pins, blocks, strict=True))
    return {
        pin[1]: (pin[2], block.count("--hash=sha256:"))
        for pin, block in zip(pins, blocks, strict=True)
        if pin
    }


LOCKS = pytest.mark.parametrize("stem", ["requirements", "requirements-dev"])


@LOCKS
def test_every_dependency_says_why_it_is_there(stem: str) -> None:
    assert [str(wanted) for wanted, why in _requirements(f"{stem}.in") if len(why) < 4] == []


@LOCKS
def test_every_dependency_is_pinned_with_hashes(stem: str) -> None:
    locked = _locked(f"{stem}.txt")
    assert locked
    assert [package for package, (_version, hashes) in locked.items() if not hashes] == []


@LOCKS
def test_the_lock_fits_what_is_asked_for(stem: str) -> None:
    locked = {**_locked("requirements.txt"), **_locked(f"{stem}.txt")}
    wanted = [requirement for requirement, _why in _requirements(f"{stem}.in")]
    stale = [
        str(requirement)
        for requirement in wanted
        if requirement.name.lower() not in locked
        or locked[requirement.name.lower()][0] not in requirement.specifier
    ]
    assert stale == [], "run make lock"
    text = (ROOT / f"{stem}.txt").read_text("utf-8")
    blocks = [block for block in re.split(r"\n(?=\S)", text) if f"-r {stem}.in" in block]
    assert {block.split("==")[0] for block in blocks} == {one.name.lower() for one in wanted}


# --- The repository -------------------------------------------------------------------------------


def test_no_file_names_a_package_registry_or_a_private_address() -> None:
    found = []
    for path in source.text_files():
        text = path.read_text("utf-8")
        found += [f"{name_of(path)}: {host}" for host in REGISTRY_HOSTS if host in text]
        found += [f"{name_of(path)}: {one.group(0)}" for one in PRIVATE_ADDRESS.finditer(text)]
    assert found == []


def _looks_like_a_real_person(digits: str) -> bool:
    """Whether the control digits fit a number that could belong to somebody."""
    try:
        read_identity_number(digits)
    except InvalidIdentityNumber:
        return False
    return not 81 <= int(digits[2:4]) <= 92


def test_no_identity_number_could_belong_to_a_person() -> None:
    numbers = [
        (name_of(path), "".join(parts))
        for path in source.text_files()
        if not path.name.startswith("requirements")
        for parts in re.findall(r"(?<![\w.])(\d{6}) ?(\d{5})(?![\w])", path.read_text("utf-8"))
    ]
    assert [found for found in numbers if _looks_like_a_real_person(found[1])] == []


def test_a_real_looking_identity_number_would_be_found() -> None:
    # The first number from this start whose control digits fit: no number is written down here.
    candidates = (f"010100{tail:05}" for tail in range(100_000))
    assert any(_looks_like_a_real_person(candidate) for candidate in candidates)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_commands_that_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / document).read_text("utf-8")))
    assert {"run", "test"} <= named
    assert named <= targets
