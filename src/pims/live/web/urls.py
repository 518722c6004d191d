"""Addresses of the board."""

from django.urls import path

from pims.live.web import views

app_name = "live"

urlpatterns = [
    path("", views.board, name="board"),
    path("figures/", views.figures, name="figures"),
    path("stream/", views.stream, name="stream"),
]
