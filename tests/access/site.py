"""The whole site on a port of this machine, over the test's own database, for a real browser."""

import os
from collections.abc import Iterator
from threading import Thread

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from tests.fixtures.database import FreshDatabase

# Playwright keeps an event loop in the thread of the test; the database is reached without it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def access_site(fresh_database: FreshDatabase) -> Iterator[str]:
    """Its address. By name, because a passkey belongs to a name and never to a number."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override={})
    server.set_app(get_wsgi_application())
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
