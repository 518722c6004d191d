"""Addresses of the people room."""

from django.urls import path

from pims.people.web import creation, matching, parts, photographs, search

app_name = "people"

urlpatterns = [
    path("suggest/", search.suggest, name="suggest"),
    path("new/", creation.new, name="new"),
    path("near/", creation.near, name="near"),
    path("matches/", matching.matches, name="matches"),
    path("compare/<int:person_id>/<int:other_id>/", matching.compare, name="compare"),
    path("photographs/<uuid:blob_id>/", photographs.photograph, name="photograph"),
    path(
        "photographs/<uuid:blob_id>/small/", photographs.photograph_small, name="photograph_small"
    ),
    path("<int:person_id>/edit/<str:part>/", parts.edit, name="edit"),
    path("<int:person_id>/infants/<int:infant_id>/left/", parts.infant_left, name="infant_left"),
    path("<int:person_id>/withdraw/<str:part>/<int:part_id>/", parts.withdraw, name="withdraw"),
]
