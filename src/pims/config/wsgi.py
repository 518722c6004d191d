"""The page server's entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.settings")
application = get_wsgi_application()

# What is loaded by now stays for the life of the process, and a page makes a hundred thousand
# objects that go with it: looking through them all the time costs a seventh of a large page.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
