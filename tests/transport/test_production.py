"""K1, K6, F8: production as it starts: no warning, no default, nothing told, nothing else served."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.source import ROOT
from tools.production_check import production_environment

ASK = """
import json, django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.test import Client
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
client = Client(headers={"host": "advisory.example"}, raise_request_exception=False)
def told(path, **options):
    answer = client.get(path, **options)
    text = b"" if answer.streaming else answer.content
    cookies = {name: {k: v for k, v in morsel.items() if v} for name, morsel in answer.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies,
            "text": text.decode(errors="replace")[:2000]}
answers = {path: told(path, secure=True) for path in PATHS}
answers["plain"] = told("/account/sign-in/")
from cases.accounts.models import User
answers["users"] = User.objects.count()
print("ANSWERS" + json.dumps(answers))
"""
OPEN = ["/account/sign-in/", "/healthz", "/messages/phone/", "/nothing/"]
pytestmark = pytest.mark.timeout(600)


def production(folder: Path, *words: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, as production would start it."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    environment = {
        **kept, **production_environment(), "ADVISORY_DATA": str(folder), "PYTHONWARNINGS": "ignore",
        "DJANGO_SETTINGS_MODULE": "advisory.settings", "STATIC_FROM_SOURCE": "1",
        "DATABASE_URL": "sqlite://:memory:", **changed,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=500, check=False,
    )  # fmt: skip


def probes() -> list[str]:
    """200 addresses that scanners try: sources, keys, dumps, tools, ways up and lists of folders."""
    files = (
        ".git/config", ".git/HEAD", ".git/index", ".git/logs/HEAD", ".gitignore", ".env", ".env.local",
        ".env.production", ".svn/entries", ".hg/store", ".DS_Store", ".htaccess", ".htpasswd",
        ".ssh/id_rsa", ".aws/credentials", ".dockerenv", ".npmrc", ".vscode/settings.json",
        ".idea/workspace.xml", ".bash_history", ".well-known/openid-configuration", "manage.py",
        "gunicorn.conf.py", "advisory/settings.py", "advisory/urls.py", "cases/core/crypto.py",
        "requirements.txt", "requirements.in", "pyproject.toml", "Makefile", "README.md",
        "CONTRIBUTING.md", "docs/security.md", "deploy/compose.yaml", "Dockerfile",
        "docker-compose.yml", "db.sqlite3", "advisory.sqlite3", "data/advisory.sqlite3",
        "backup.sql", "backup.zip", "dump.sql", "database.sql", "advisory.tar.gz", "site.zip",
        "server-status", "server-info", "server.key", "phpinfo.php", "info.php", "index.php", "wp-login.php",
        "wp-admin/", "phpmyadmin/", "adminer.php", "console", "debug", "__debug__/", "_profiler/",
        "silk/", "trace", "actuator/env", "actuator/health", "swagger.json", "swagger-ui.html",
        "openapi.json", "graphql", "api-docs", "redoc", "admin/doc/", "admin/jsi18n/x",
        "static/", "static/css/", "static/js/", "static/vendor/", "static/../advisory/settings.py",
        "static/..%2fadvisory%2fsettings.py", "static/%2e%2e/manage.py", "static//etc/passwd",
        "static/css/../../manage.py", "media/", "uploads/", "files/", "tmp/", "logs/", "log/app.log",
        "error.log", "access.log", "celerybeat-schedule", "anchors/", "broker/", "etc/passwd",
        "proc/self/environ", "cgi-bin/test", "robots.txt.bak", "settings.py~", "settings.py.swp",
        "%2e%2e/%2e%2e/etc/passwd", "..;/manage.py", "manage.py%00.html",
    )  # fmt: skip
    return [f"/{name}" for name in files] + [f"/account/{name}" for name in files]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What production answered, asked once for all tests of this file."""
    folder = tmp_path_factory.mktemp("production")
    script = f"PATHS = {OPEN + probes()!r}\n{ASK}"
    done = production(folder, "-c", script)
    assert "ANSWERS" in done.stdout, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.split("ANSWERS")[1])
    return found


def test_k1_no_warning_of_django(tmp_path: Path) -> None:
    done = production(
        tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"), ("FIELD_KEYS", settings.PRACTICE_FIELD_KEYS), ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"), ("REQUIRE_SECOND_FACTOR", "0"),
    ],
)  # fmt: skip
def test_k1_production_refuses_what_is_not_safe(tmp_path: Path, name: str, value: str) -> None:
    done = production(tmp_path, "manage.py", "check", **{name: value})
    assert done.returncode != 0
    assert name in done.stderr


def test_f8_headers_of_production(answers: dict[str, Any]) -> None:
    for path in ("/account/sign-in/", "/healthz", "/nothing/"):
        headers = answers[path]["headers"]
        told = headers["Strict-Transport-Security"]
        assert int(told.split(";")[0].removeprefix("max-age=")) >= 365 * 24 * 3600
        assert "includeSubDomains" in told
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert answers["plain"]["status"] == 301
    assert answers["plain"]["headers"]["Location"] == "https://advisory.example/account/sign-in/"


def test_f8_cookies_of_production(answers: dict[str, Any]) -> None:
    cookies = answers["/account/sign-in/"]["cookies"]
    assert cookies
    for name, flags in cookies.items():
        assert name.startswith("__Host-")
        assert flags["secure"]
        assert flags["httponly"]
        assert flags["path"] == "/"
        assert flags["samesite"] in ("Lax", "Strict")
        assert "domain" not in flags


def test_k6_nothing_but_the_program_is_served(answers: dict[str, Any]) -> None:
    tried = probes()
    assert len(tried) >= 200
    served = [path for path in tried if answers[path]["status"] == 200]
    assert served == []
    statuses = {answers[path]["status"] for path in tried}
    assert statuses <= {301, 302, 400, 404}
    for path in tried:
        text = answers[path]["text"]
        assert not [word for word in ("Index of", "SECRET", "Traceback", "Django") if word in text]


def test_k6_the_server_says_nothing_of_itself(answers: dict[str, Any]) -> None:
    for path in OPEN:
        told = repr(answers[path]["headers"]).casefold()
        assert not [word for word in ("gunicorn", "django", "python", "x-powered") if word in told]
    asked = "from gunicorn.http import wsgi; import runpy; runpy.run_path('gunicorn.conf.py'); print(wsgi.SERVER)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "web"


def test_m_practice_pages_are_closed(answers: dict[str, Any]) -> None:
    assert answers["/messages/phone/"]["status"] in (302, 403, 404)
    assert "made-up people" not in answers["/account/sign-in/"]["text"]


def test_m_production_has_no_user_of_its_own(answers: dict[str, Any]) -> None:
    assert answers["users"] == 0
