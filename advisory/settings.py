"""One settings file; every value that differs between places comes from the environment."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from environs import Env

from advisory.startup import database_settings, refuse_unsafe_production

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("ADVISORY_DATA", str(BASE_DIR / ".data")))
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- Mode and secrets -------------------------------------------------------------------------
ADVISORY_MODE = env.str(
    "ADVISORY_MODE", "practice", validate=lambda v: v in {"practice", "production"}
)
PRODUCTION = ADVISORY_MODE == "production"
DEBUG = env.bool("DEBUG", False)

PRACTICE_SECRET_KEY = "practice-only-not-a-secret-" + "x" * 40
# Two fixed keys, so that a practice database opens on any machine. Production refuses them.
PRACTICE_FIELD_KEYS = (
    "practice:cHJhY3RpY2UtZmllbGQta2V5LTMyLWJ5dGVzLWxvbmc=,"
    "index:cHJhY3RpY2UtaW5kZXgta2V5LTMyLWJ5dGVzLWxvbmc="
)
SECRET_KEY = env.str("SECRET_KEY", PRACTICE_SECRET_KEY)
# The keys before this one: what they signed still counts until they are taken away.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
FIELD_KEYS = env.str("FIELD_KEYS", PRACTICE_FIELD_KEYS)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", PRODUCTION)

# --- Applications -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "advisory.admin_config.AdvisoryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    # The person's journey, the latest step first.
    "cases.desk",
    "cases.privacy",
    "cases.retention",
    "cases.oversight",
    "cases.statistics",
    "cases.reminders",
    "cases.support",
    "cases.appointments",
    "cases.letters",
    "cases.casework",
    "cases.people",
    "cases.oidc",
    "cases.accounts",
    "cases.units",
    "cases.audit",
    "cases.core",
]

MIDDLEWARE = [
    # Outermost: static files, redirects to https and refusals further in carry its headers, too.
    "cases.core.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Inside the headers, outside everything that refuses a request before it reaches a view.
    "cases.audit.middleware.RecordedRefusalMiddleware",
    "cases.core.middleware.Utf8OnlyMiddleware",
    "cases.core.middleware.QueryEndsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cases.core.middleware.OwnSiteOnlyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cases.accounts.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "cases.accounts.middleware.LanguageMiddleware",
    "cases.accounts.middleware.SecondFactorMiddleware",
    "cases.accounts.middleware.ProviderProofMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # The view, its rendering and its audit events are one transaction, and a form acts once in it.
    "cases.audit.middleware.RecordedRequestMiddleware",
    # Inside it: reads what the request is about to log, and stops who opens too many people.
    "cases.oversight.guard.ReadingGuardMiddleware",
    "cases.core.sent_once.SentOnceMiddleware",
]

ROOT_URLCONF = "advisory.urls"
WSGI_APPLICATION = "advisory.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cases.desk.context.frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("designsystemet",)
CRISPY_TEMPLATE_PACK = "designsystemet"

# --- Database ---------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'advisory.sqlite3'}")
DATABASES = {"default": database_settings(DATABASE_URL)}
# Which rows were erased, as keyed hashes: outside the database, so that no restore brings them back.
ERASURE_LEDGER = env.str("ERASURE_LEDGER", str(DATA_DIR / "erasures.jsonl"))
# PostgreSQL as the second lock: requests and jobs run as restricted roles (docs/security/database.md).
DATABASE_ROLES = env.bool("DATABASE_ROLES", PRODUCTION)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sessions and rate limits live in the database: one thing less that can fail.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "advisory_cache",
        # More than the rate limits ever hold: a full table would forget the oldest failures.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# --- Sign-in ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["cases.accounts.backend.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:today"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "cases.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # the link by which a leader lets somebody choose a password
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# Failures only. One address is often a whole town hall, so it may fail more often than one user.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/15m/ip,10/15m/key"}
MFA_ADAPTER = "cases.accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "add_webauthn": "cases.accounts.passkeys.AddPasskeyForm",
    "login_webauthn": "cases.accounts.passkeys.SignInPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey asks for a finger, a face or a PIN, and therefore counts as both factors.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # practice runs on http://localhost
MFA_TOTP_ISSUER = "Advisory"

# --- Sign-in through a provider: Entra ID, Ansattporten, HelseID (docs/adr/0011-oidc.md) ----------
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_NAME = env.str("OIDC_NAME", "")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
OIDC_PRIVATE_KEY = env.str("OIDC_PRIVATE_KEY", "")
OIDC_KEY_ID = env.str("OIDC_KEY_ID", "")
OIDC_KEY_THUMBPRINT = env.str("OIDC_KEY_THUMBPRINT", "")
OIDC_ASSERTION_AUDIENCE = env.str("OIDC_ASSERTION_AUDIENCE", "issuer")
OIDC_SCOPES = env.str("OIDC_SCOPES", "openid email").split()
OIDC_PAR = env.bool("OIDC_PAR", False)
OIDC_ACR_VALUES = env.str("OIDC_ACR_VALUES", "").split()
OIDC_SECOND_FACTOR_ACR = env.str("OIDC_SECOND_FACTOR_ACR", "").split()
OIDC_SECOND_FACTOR_AMR = env.str("OIDC_SECOND_FACTOR_AMR", "").split()
OIDC_SUBJECT_CLAIMS = env.str("OIDC_SUBJECT_CLAIMS", "sub").split()
OIDC_AUTHORIZATION_DETAILS = env.str("OIDC_AUTHORIZATION_DETAILS", "")

# --- Sessions and cookies ---------------------------------------------------------------------
# Idle and absolute limit are in cases/accounts/sessions.py. A row outlives them by some hours, so
# that what is sent by a session that has ended can be kept for its owner.
SESSION_ENGINE = "cases.accounts.sessions"
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cases.desk.views.errors.csrf_failure"

# --- Transport and browser --------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# How many proxies add to X-Forwarded-For; without it everybody would share the proxy's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1) if BEHIND_PROXY else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        # Designsystemet draws its icons as masks from data: addresses in its own style sheet.
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "report-uri": ["/browser-reports"],
    }
}
# Told, not forbidden: htmx and the components put in what our own server has written.
CONTENT_SECURITY_POLICY_REPORT_ONLY = {
    "DIRECTIVES": {
        "default-src": None,
        "require-trusted-types-for": ["'script'"],
        "report-uri": ["/browser-reports"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# No form takes a file: a request that carries one is refused before anything of it is kept.
DATA_UPLOAD_MAX_NUMBER_FILES = 0
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 0

# --- Languages and time -----------------------------------------------------------------------
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["advisory.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns about a folder that is not there yet
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files with a hash in their name are kept for good, nothing else at all; no other site reads them.
WHITENOISE_MAX_AGE = None
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Messages to people -----------------------------------------------------------------------
SMS_URL = env.str("SMS_URL", "")
SMS_TOKEN = env.str("SMS_TOKEN", "")
SMS_WEBHOOK_SECRET = env.str("SMS_WEBHOOK_SECRET", "")
SMS_WEBHOOK_SECRET_FALLBACKS: list[str] = env.list("SMS_WEBHOOK_SECRET_FALLBACKS", [])
# Whether the gateway sends once, however often it gets the same Idempotency-Key.
SMS_HONOURS_KEY = env.bool("SMS_HONOURS_KEY", True)
# How many hand-overs one worker process has under way at once.
SMS_IN_FLIGHT = env.int("SMS_IN_FLIGHT", 100)
# Shortens time-outs, leases and pauses alike; only tests and chaos runs use another value than 1.
REMINDER_TIME_FACTOR = env.float("REMINDER_TIME_FACTOR", 1.0)
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(
        {k: v for k, v in env.dj_email_url("EMAIL_URL").items() if k.startswith("EMAIL_")}
    )
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "no-reply@localhost")

# --- Celery: nudges without arguments, on intervals only ---------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "visibility_timeout": 300,
    }
else:
    for folder in (BROKER_DIR, BROKER_DIR / "control"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
NUDGE_SECONDS = env.float("NUDGE_SECONDS", 5.0)
CELERY_BEAT_SCHEDULE = {
    "plan-reminders": {
        "task": "cases.reminders.tasks.plan_reminders",
        "schedule": NUDGE_SECONDS * 6,
        # A backlog of nudges is worthless: the next one looks at the same rows.
        "options": {"expires": NUDGE_SECONDS * 5},
    },
    "send-reminders": {
        "task": "cases.reminders.tasks.send_reminders",
        "schedule": NUDGE_SECONDS,
        "options": {"expires": NUDGE_SECONDS * 4},
    },
    "end-glasses": {
        "task": "cases.people.tasks.end_glasses",
        "schedule": NUDGE_SECONDS * 12,
        "options": {"expires": NUDGE_SECONDS * 10},
    },
    "anchor-heads": {
        "task": "cases.audit.tasks.anchor_heads",
        "schedule": 600.0,
        "options": {"expires": 300.0},
    },
    # Asks often and works once a day: a restart must not put it off for another day.
    "verify-audit": {
        "task": "cases.oversight.tasks.verify_audit",
        "schedule": 600.0,
        "options": {"expires": 300.0},
    },
    "sweep-retention": {
        "task": "cases.retention.tasks.sweep_retention",
        "schedule": NUDGE_SECONDS,
        "options": {"expires": NUDGE_SECONDS * 4},
    },
    "make-files": {
        "task": "cases.privacy.tasks.make_files",
        "schedule": NUDGE_SECONDS,
        "options": {"expires": NUDGE_SECONDS * 4},
    },
}

# --- The access log's anchors: heads of its chains, outside the database ------------------------
AUDIT_ANCHORS = Path(env.str("AUDIT_ANCHORS", str(DATA_DIR / "anchors")))
# base64 of 32 bytes; commas before older ones. Without it a key is made from FIELD_KEYS' `index`.
AUDIT_ANCHOR_KEY = env.str("AUDIT_ANCHOR_KEY", "")
AUDIT_ANCHOR_MAIL = env.str("AUDIT_ANCHOR_MAIL", "")

# --- Logging: no personal data ------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "content_free": {
            "()": "advisory.logs.ContentFreeFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "content_free"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"cases": {"level": "INFO"}},
}

refuse_unsafe_production(globals())
