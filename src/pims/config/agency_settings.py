"""Settings of the processes that answer agencies: no page, no session, no table of ours.

Their database role is `agency` or `observatory`, whichever `PIMS_DB_ROLE` names; with any other
they do not start.
"""

import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from pims.foundation.database.urls import django_database

ROLE = os.environ.get("PIMS_DB_ROLE", "agency")
_URLS = {
    "agency": "pims.exchange.api.urls",
    "observatory": "pims.exchange.api.observatory_urls",
}
if ROLE not in _URLS:
    raise ImproperlyConfigured(f"{ROLE} is no role that answers agencies")

# Nothing is signed with it; no two starts share one.
SECRET_KEY = secrets.token_urlsafe(48)
DEBUG = False
# The names by which agencies call: assertions and signatures are made out to them.
ALLOWED_HOSTS = os.environ.get("PIMS_EXCHANGE_HOSTS", "localhost,127.0.0.1").split(",")

INSTALLED_APPS: list[str] = []
MIDDLEWARE = ["pims.exchange.api.answers.AnswerMiddleware"]
ROOT_URLCONF = _URLS[ROLE]
DATABASES = {"default": django_database(ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES: list[dict[str, object]] = []

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "America/Belize"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A refusal is an answer, not a fault of ours.
    "loggers": {"django.request": {"level": "ERROR"}},
}
