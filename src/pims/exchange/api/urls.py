"""The addresses of the agencies' interface."""

from django.urls import path

from pims.exchange.api.app import made
from pims.exchange.api.routes import feed, lists, messages, persons, proofs, searches

api = made(
    "PIMS for agencies",
    "What a prison service tells other agencies, and takes from them, under a signed agreement.",
    [
        ("/persons", persons.router),
        ("/searches", searches.router),
        ("", lists.router),
        ("", feed.router),
        ("/messages", messages.router),
        ("", proofs.router),
    ],
)

urlpatterns = [path("v1/", api.urls)]
handler400 = "pims.exchange.api.answers.bad_request"
handler404 = "pims.exchange.api.answers.no_such_address"
handler500 = "pims.exchange.api.answers.broken"
