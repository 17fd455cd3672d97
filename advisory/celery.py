"""The Celery application: nudges without arguments; the database is the queue."""

import os
from logging.config import dictConfig

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

# `filesystem://` is ours from here on: it reads nothing half-written.
TRANSPORT_ALIASES["filesystem"] = "advisory.broker:Transport"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory.settings")

app = Celery("advisory")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_web_does(**_from_celery: object) -> None:
    """Celery's own set-up prints the text of exceptions, which holds personal data; ours does not."""
    dictConfig(settings.LOGGING)
