"""`check --deploy --fail-level WARNING` as production would start, with keys made for this run alone."""

import os
import secrets
import subprocess
import sys
from base64 import b64encode

from tools.run import ROOT

NOT_INHERITED = {"DATABASE_URL", "REDIS_URL", "DEBUG", "STATIC_FROM_SOURCE"}


def production_environment() -> dict[str, str]:
    """What a host sets at least; everything secret is random and opens nothing."""
    keys = (f"{name}:{b64encode(secrets.token_bytes(32)).decode()}" for name in ("new", "index"))
    return {
        "ADVISORY_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": ",".join(keys),
        "ALLOWED_HOSTS": "advisory.example",
        "BASE_URL": "https://advisory.example",
        "BEHIND_PROXY": "1",
    }


if __name__ == "__main__":
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    asked = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    sys.exit(
        subprocess.run(
            asked, cwd=ROOT, env={**inherited, **production_environment()}, check=False
        ).returncode
    )
