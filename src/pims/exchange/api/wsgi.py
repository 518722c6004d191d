"""The entry point of the processes that answer agencies (`pims.config.agency_settings`)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from pims.exchange.api.gateway import gateway_secret
from pims.exchange.api.signatures import own_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.agency_settings")
application = get_wsgi_application()

# Everything is loaded before the first call: it is answered as soon as any other.
_ = get_resolver().url_patterns, gateway_secret(), own_key()
gc.freeze()
