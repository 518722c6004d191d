"""Django settings. What differs between machines comes from the environment or the instance."""

import os
from pathlib import Path

from pims.config import instance
from pims.foundation.database.urls import django_database
from pims.foundation.vault.secrets import django_secret_key

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = django_secret_key()
DEBUG = os.environ.get("PIMS_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("PIMS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("PIMS_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pims.foundation.access",
    "pims.foundation.commands",
    "pims.foundation.ledger",
    "pims.foundation.outbox",
    "pims.foundation.vault",
    "pims.ui",
    "pims.people",
    "pims.facilities",
    "pims.biometrics",
    "pims.authority",
    "pims.safety",
    "pims.property",
    "pims.custody",
    "pims.courts",
    "pims.sentences",
    "pims.release",
    "pims.assurance",
    "pims.exchange",
    "pims.live",
    "pims.demo",
    "pims.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pims.web.middleware.ActorMiddleware",
    "pims.web.middleware.FaultMiddleware",
]

ROOT_URLCONF = "pims.config.urls"
WSGI_APPLICATION = "pims.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "pims.ui.templatetags.pims"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "pims.web.context.shell",
            ],
        },
    }
]
COTTON_DIR = "components"

DATABASES = {"default": django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["pims.foundation.access.backends.BadgeBackend"]
PASSWORD_HASHERS = ["pims.foundation.access.secrets.Argon2Hasher"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

SESSION_COOKIE_NAME = "pims_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("PIMS_HTTPS") == "1"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "pims.web.faults.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "ui" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Belize"

STATIC_URL = "/static/"
STATIC_ROOT = instance.var_dir() / "static"
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Names that carry a hash of the content may be kept for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+\.([0-9a-f]{12}|[0-9A-Z]{8})\.[a-z0-9]+$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "pims.foundation.vault.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

PGHISTORY_CREATED_AT_FUNCTION = "pims_recorded_at()"
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = False
# Installed after the migrations, by pims.foundation.database.triggers.
PGTRIGGER_MIGRATIONS = False

# Addresses of the prison's own network. From anywhere else a password and a second factor are
# needed, and a PIN is not taken.
PIMS_LOCAL_NETWORKS = os.environ.get(
    "PIMS_LOCAL_NETWORKS", "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
).split(",")
# Proxies whose word about the address of a request is taken. What others forward is outside.
PIMS_TRUSTED_PROXIES = [a for a in os.environ.get("PIMS_TRUSTED_PROXIES", "").split(",") if a]
# A copy of the prison's system to try things out on: what it records has not happened, so no agency
# is told of it, and every page says so.
PIMS_TEST_SYSTEM = os.environ.get("PIMS_TEST_SYSTEM") == "1"
PIMS_IDLE_SECONDS = int(os.environ.get("PIMS_IDLE_SECONDS", str(15 * 60)))
PIMS_SESSION_SECONDS = int(os.environ.get("PIMS_SESSION_SECONDS", str(12 * 60 * 60)))

ACCOUNT_USER_MODEL_USERNAME_FIELD = "badge"
MFA_ADAPTER = "pims.foundation.access.mfa.PimsMFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
SILENCED_SYSTEM_CHECKS: list[str] = []

# Who builds the identity bar that heads every page about one prisoner.
PIMS_IDENTITY = "pims.custody.web.identity.identity_of"
