"""Addresses of the board."""

from django.urls import path

from pims.live.web import papers, sounding, views

app_name = "live"

urlpatterns = [
    path("", views.board, name="board"),
    path("figures/", views.figures, name="figures"),
    path("papers/daily-state/", papers.daily_state, name="daily_state_paper"),
    path("sounding/", sounding.sounding, name="sounding"),
    path("stream/", views.stream, name="stream"),
]
