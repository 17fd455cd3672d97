"""The plan of the house, held by reading the code: what may stand where."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.conf import settings
from django.db import models

from tests import source
from tests.source import app_of, at, name_of, nodes

SOURCE_LINES = 400
FUNCTION_LINES = 60
TEMPLATE_LINES = 200
TEST_LINES = 600
TASK_STATEMENTS = 5
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "services.py", "managers.py"}

MANAGERS = {"objects", "_base_manager", "_default_manager"}
# Pages over everything: all their code counts as a view.
PAGE_APPS = {"desk", "portal", "api"}
NO_PAGES = {"management", "sample", "selfcheck.py"}
# Calls that views and forms may make without `visible_to`, and why.
REVIEWED_CALLS = {
    "User.objects.advisers_of": "the colleagues of a unit that was reached through visible_to",
    "User.objects.members_of": "the people of a unit that was reached through visible_to",
    "User.objects.sample_takers_of": "the colleagues of a unit that was reached through visible_to",
    "Sender.objects.in_use": "police districts and courts: nobody's personal data",
    "IdentityNumber.objects.filter": "by the units of the searcher or by a case already reached",
    "ContactPoint.objects.usable": "by the units of the searcher or by a case already reached",
    "Person.objects.searched": "takes the units in which the searcher may see cases",
}
# By their nature without a user: who calls them has checked, or nobody is there to check.
EXEMPT_FILES = re.compile(
    r"/(actions|models|admin|reference|milestones|selfcheck|tasks|apps)\.py$"
    r"|/(actions|models|management|sample)/"
    r"|^cases/(audit|core)/"
)
# Everything else that reaches for rows without `visible_to`, and why that is right.
REVIEWED_FILES = {
    "cases/accounts/adapter.py": "before anybody is signed in",
    "cases/accounts/drafts.py": "only the drafts of the owner who is given",
    "cases/accounts/entry.py": "before anybody is signed in: the user a link names",
    "cases/accounts/members_overview.py": "whether the members already reached have a second factor",
    "cases/accounts/rights.py": "who leads a unit, inside an action",
    "cases/accounts/secrets.py": "the rotation of keys: every second factor, none of them opened for a page",
    "cases/accounts/sessions.py": "the session of the cookie, and those of a user who is given",
    "cases/accounts/unsent.py": "only what the owner who is given had typed",
    "cases/appointments/choices.py": "places and colleagues of a unit already reached",
    "cases/appointments/overview.py": "of a case already reached",
    "cases/appointments/slots.py": "the rows of the five-minute cells, inside an action",
    "cases/casework/choices.py": "law and units of the user's memberships; a hidden number's owner, for the log",
    "cases/casework/duties.py": "colleagues of a unit, and blocks and tests of a case already reached",
    "cases/casework/finds.py": "thresholds: nobody's personal data",
    "cases/casework/tiers.py": "the user's own glass, declarations and stand-ins",
    "cases/letters/rendering.py": "letter texts: nobody's personal data",
    "cases/oidc/identities.py": "of the account that the sign-in provider has proved",
    "cases/privacy/choices.py": "units by the user's memberships: nobody's personal data",
    "cases/privacy/history.py": "of a person whose case is reached already",
    "cases/privacy/overview.py": "of a case already reached",
    "cases/privacy/report/contents.py": "a job: one person's rows, for their access request",
    "cases/privacy/sent.py": "of a case already reached",
    "cases/privacy/sweeping.py": "a job: the rows it has claimed",
    "cases/oversight/access.py": "whose log: membership, REVIEW_LOG and blocks asked here",
    "cases/oversight/glasses.py": "by the units of who reviews broken glasses, blocks excluded",
    "cases/oversight/guard.py": "counts what the user themself has opened",
    "cases/oversight/kin.py": "compared inside the database; only which rows are alike comes out",
    "cases/oversight/log.py": "of a case, an employee or a person already reached; numbers only",
    "cases/oversight/months.py": "by the units the user reviews",
    "cases/oversight/report.py": "of a person already reached",
    "cases/oversight/review.py": "of a unit already reached; case numbers only",
    "cases/oversight/sight.py": "only says whose numbers and likeness a reader may know",
    "cases/oversight/verifying.py": "a job over all chains; only how many places are broken comes out",
    "cases/oversight/waiting.py": "counts of the units the user reviews",
    "cases/reminders/channels/mock.py": "practice only: what the messages of a job would show",
    "cases/reminders/circuit.py": "the state of a channel: nobody's personal data",
    "cases/reminders/gate.py": "a job: the rows it has claimed",
    "cases/reminders/health.py": "heartbeats, ages and leases: counts only",
    "cases/reminders/ledger.py": "of a case already reached",
    "cases/reminders/planning.py": "a job: every unit's appointments",
    "cases/reminders/receipts.py": "the gateway's answers, found by the id it was given",
    "cases/reminders/rules.py": "rules and closed days: nobody's personal data",
    "cases/reminders/sending.py": "a job: every unit's due messages",
    "cases/reminders/writing.py": "a job: the history of the rows it has claimed",
    "cases/retention/due.py": "case numbers of a unit, for who confirms also of people hidden from them",
    "cases/retention/eraser.py": "the job: every row of a case that two people have confirmed",
    "cases/retention/erasing.py": "the job, and the command after a restore",
    "cases/retention/holding.py": "ids of cases and people with something unfinished, as due.py",
    "cases/retention/ledger.py": "keyed hashes of what is no more",
    "cases/retention/log_months.py": "days of a unit's cases, erasures and reviews: no person",
    "cases/retention/packages.py": "the job: of a case whose package was asked for",
    "cases/retention/proof.py": "rules by name: nobody's personal data",
    "cases/statistics/erased.py": "the facts of cases that are about to be erased",
    "cases/statistics/choices.py": "units by name and published figures: nobody's personal data",
    "cases/statistics/queries.py": "counts of a unit whose figures the user may read",
    "cases/support/answer_content.py": "of a case already reached, inside an action",
    "cases/support/choices.py": "the services of a unit already reached",
    "cases/support/overview.py": "of a case already reached",
}
# Public functions beside the actions that are none: they ask, or are a part of one.
NO_ACTIONS = {
    "casework.find_milestones": "asks; writes nothing",
    "people.make_searchable": "a part of registering and correcting, and of the sample data",
    "appointments.may_still_be_corrected": "asks; writes nothing",
    "appointments.locked": "a part of every action on an appointment",
    "appointments.end": "a part of cancelling and of recording attendance",
    "appointments.record_on": "writes the audit event of an action",
}

CASES = source.code("cases")
TASK_FILES = [path for path in CASES if path.name == "tasks.py" or path.parent.name == "tasks"]
ACTION_FILES = [
    path for path in CASES if path.name == "actions.py" or path.parent.name == "actions"
]
TEMPLATES = source.files("templates", "cases", ending=".html")


def is_web(path: Path) -> bool:
    """Views, forms and API: what a request reaches first."""
    inside = path.relative_to(source.ROOT / "cases").parts
    if NO_PAGES & set(inside):
        return False
    return inside[0] in PAGE_APPS or any(
        part.removesuffix(".py").split("_")[0] in {"views", "forms", "api"} for part in inside[1:]
    )


def unguarded_calls(path: Path) -> list[tuple[str, str]]:
    """(place, `Model.objects.method`) of each use of a manager not followed by `visible_to`."""
    found = []
    followed_by = {
        id(node.value): node.attr for node in nodes(path, ast.Attribute) if hasattr(node, "value")
    }
    for node in nodes(path, ast.Attribute):
        after = followed_by.get(id(node), "")
        if node.attr in MANAGERS and after not in {"visible_to", "none"}:
            found.append((at(path, node), f"{ast.unparse(node)}.{after}"))
    return found


def test_the_discovery_finds_every_kind_of_file() -> None:
    assert len(CASES) > len(source.apps())
    assert any(is_web(path) for path in CASES)
    assert ACTION_FILES
    assert TEMPLATES


def test_pages_reach_rows_only_through_visible_to() -> None:
    calls = [call for path in CASES if is_web(path) for call in unguarded_calls(path)]
    refused = [f"{where} {call}" for where, call in calls if call not in REVIEWED_CALLS]
    assert refused == [], "write Model.objects.visible_to(user), or have the call reviewed"
    assert {call for _where, call in calls} == set(REVIEWED_CALLS), "a reviewed call is gone"


def test_pages_never_look_a_row_up_in_a_whole_table() -> None:
    shortcuts = {"get_object_or_404", "get_list_or_404"}
    whole_tables = [
        at(path, call)
        for path in CASES
        for call in nodes(path, ast.Call)
        if isinstance(call.func, ast.Name)
        and call.func.id in shortcuts
        and isinstance(call.args[0], ast.Name)
        and call.args[0].id[0].isupper()
    ]
    assert whole_tables == []


def test_other_code_without_visible_to_is_on_the_reviewed_list() -> None:
    using = {
        name_of(path)
        for path in CASES
        if not is_web(path) and not EXEMPT_FILES.search(name_of(path)) and unguarded_calls(path)
    }
    assert using - set(REVIEWED_FILES) == set(), "say in REVIEWED_FILES why no user is needed"
    assert set(REVIEWED_FILES) - using == set(), "a reviewed file does not need its entry any more"


def _relations() -> list[models.Field]:
    ours = (model for model in django_apps.get_models() if model.__module__.startswith("cases."))
    return [
        field
        for model in ours
        for field in [*model._meta.concrete_fields, *model._meta.local_many_to_many]
        if field.is_relation
    ]


def test_no_app_adds_names_to_another_app() -> None:
    relations = _relations()
    visible = [
        str(field)
        for field in relations
        if field.related_model._meta.app_label != field.model._meta.app_label
        and field.remote_field.related_name != "+"
    ]
    assert relations
    assert visible == [], 'write related_name="+"'


def test_relations_to_other_apps_name_the_class() -> None:
    kinds = {"ForeignKey", "OneToOneField", "ManyToManyField"}
    by_string = []
    for path in CASES:
        for call in nodes(path, ast.Call):
            if not (isinstance(call.func, ast.Attribute) and call.func.attr in kinds):
                continue
            targets = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "to")]
            target = targets[0].value if isinstance(targets[0], ast.Constant) else ""
            if "." in str(target) and str(target).split(".")[0] != app_of(path):
                by_string.append(at(path, call))
    assert by_string == [], "the import linter can not see a string"


# A package's own row tells of itself in no other way inside the transaction.
FOLLOW_A_PACKAGE = {"cases/accounts/factors.py"}


def test_no_signals_carry_the_flow_of_the_domain() -> None:
    imports = [
        at(path, node)
        for path in CASES
        if name_of(path) not in FOLLOW_A_PACKAGE
        for node in nodes(path, ast.ImportFrom)
        if node.module in {"django.db.models.signals", "django.dispatch"}
        or (node.module == "django.db.models" and "signals" in {name.name for name in node.names})
    ]
    assert imports == []


def test_no_source_file_is_too_long() -> None:
    too_long = {
        name_of(path): lines
        for path in source.code(*source.CODE_FOLDERS)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > SOURCE_LINES
    }
    assert too_long == {}, f"more than {SOURCE_LINES} lines"


def test_no_test_file_is_too_long() -> None:
    too_long = {
        name_of(path): lines
        for path in source.files("tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > TEST_LINES
    }
    assert too_long == {}, f"more than {TEST_LINES} lines"


def test_no_template_is_too_long() -> None:
    too_long = {
        name_of(path): lines
        for path in TEMPLATES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > TEMPLATE_LINES
    }
    assert too_long == {}, f"more than {TEMPLATE_LINES} lines"


def test_no_function_is_too_long() -> None:
    too_long = {
        f"{at(path, node)} {node.name}": node.end_lineno - node.lineno + 1
        for path in source.code(*source.CODE_FOLDERS)
        for node in [*nodes(path, ast.FunctionDef), *nodes(path, ast.AsyncFunctionDef)]
        if node.end_lineno and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }
    assert too_long == {}, f"more than {FUNCTION_LINES} lines"


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = [name_of(path) for path in source.code("advisory", "cases")]
    assert [name for name in named if name.split("/")[-1] in FORBIDDEN_NAMES] == []


def _public_functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in source.tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    ]


def test_actions_are_keyword_only_and_name_who_acts() -> None:
    public = [(path, node) for path in ACTION_FILES for node in _public_functions(path)]
    named = {f"{app_of(path)}.{node.name}": node for path, node in public}
    unclear = {
        name
        for name, node in named.items()
        if node.args.posonlyargs
        or node.args.args
        or "by" not in {word.arg for word in node.args.kwonlyargs}
    }
    assert unclear - set(NO_ACTIONS) == set(), "def act(*, …, by: User)"
    assert set(NO_ACTIONS) - unclear == set(), "an exception is not needed any more"
    assert len(named) > len(NO_ACTIONS)


def test_nobody_asks_the_machine_for_its_local_time() -> None:
    naive = [
        at(path, call)
        for path in source.code("cases", "advisory")
        for call in nodes(path, ast.Call)
        if re.fullmatch(
            r"((datetime\.)?(datetime|date)\.(now|today|utcnow)|time\.time)", ast.unparse(call.func)
        )
    ]
    assert naive == [], "write timezone.now() or timezone.localdate()"


def _statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """All of them, the docstring and the definition itself left out."""
    docstring = ast.get_docstring(function) is not None
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1 - docstring


def test_tasks_are_nudges_of_few_lines_without_arguments() -> None:
    functions = [(path, node) for path in TASK_FILES for node in nodes(path, ast.FunctionDef)]
    wrong = [
        at(path, node)
        for path, node in functions
        if _statements(node) > TASK_STATEMENTS or ast.unparse(node.args)
    ]
    assert wrong == [], (
        f"at most {TASK_STATEMENTS} statements, no arguments: the database is the queue"
    )
    if "reminders" in source.apps():
        assert functions


def test_nobody_but_beat_talks_to_the_broker() -> None:
    sends = {"delay", "apply_async", "send_task"}
    calls = [
        at(path, call)
        for path in CASES
        if path not in TASK_FILES
        for call in nodes(path, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in sends
    ]
    assert calls == [], "write a row; the next nudge finds it"


INLINE = re.compile(
    r"""(?P<style>\sstyle\s*=)|(?P<handler>\s(on[a-z]+|hx-on[:\w-]*)\s*=)"""
    r"""|(?P<style_element><style\b)|(?P<script><script\b(?![^>]*\bsrc=))""",
    re.IGNORECASE,
)


def test_templates_need_no_unsafe_inline() -> None:
    inline = []
    for path in TEMPLATES:
        # Comments are not sent; they may explain.
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), start=1):
            inline += [
                f"{name_of(path)}:{number} {found.group(0)}" for found in INLINE.finditer(line)
            ]
    assert inline == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">', '<a onclick="go()">', '<div hx-on:click="go()">', "<style>",
        "<script>go()</script>",
    ],
)  # fmt: skip
def test_inline_code_would_be_found(line: str) -> None:
    assert INLINE.search(line)


def test_every_page_needs_a_sign_in_unless_it_says_otherwise() -> None:
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE


def test_no_two_apps_share_a_label() -> None:
    labels = Counter(config.label for config in django_apps.get_app_configs())
    ours = {config.name for config in django_apps.get_app_configs()}
    assert max(labels.values()) == 1
    assert {f"cases.{app}" for app in source.apps()} <= ours, "an app is not installed"
