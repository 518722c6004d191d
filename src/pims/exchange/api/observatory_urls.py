"""The addresses of the Observatory's interface: numbers, and nothing that could name a person."""

from django.urls import path

from pims.exchange.api.app import made
from pims.exchange.api.routes import statistics

api = made(
    "PIMS for the Observatory",
    "Numbers about the prison service under a signed agreement, small ones left out.",
    [("", statistics.router)],
)

urlpatterns = [path("v1/", api.urls)]
handler400 = "pims.exchange.api.answers.bad_request"
handler404 = "pims.exchange.api.answers.no_such_address"
handler500 = "pims.exchange.api.answers.broken"
