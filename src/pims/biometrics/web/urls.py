"""Addresses of the biometrics room."""

from django.urls import path

from pims.biometrics.web import (
    checking,
    enrolling,
    examining,
    images,
    looking,
    reports,
    slaps,
    verifying,
)

app_name = "biometrics"

urlpatterns = [
    path("", examining.candidates, name="candidates"),
    path("check/", checking.check, name="check"),
    path("<int:person_id>/", enrolling.enrol, name="enrol"),
    path("<int:person_id>/look/", looking.look, name="look"),
    path("<int:person_id>/look-slap/", slaps.look_slap, name="look_slap"),
    path("<int:person_id>/verify/", verifying.verify, name="verify"),
    path("<int:person_id>/who/", verifying.ask_who, name="ask_who"),
    path("who/<int:identification_id>/", verifying.who, name="who"),
    path("<int:person_id>/destroy/", reports.destroy, name="destroy"),
    path("search/<int:search_id>/", examining.search, name="search"),
    path("candidate/<int:candidate_id>/", examining.candidate, name="candidate"),
    path("sweeps/", reports.sweeps, name="sweeps"),
    path("quality/", reports.quality, name="quality"),
    path("finger/<uuid:finger_id>/", images.finger, name="finger"),
    path("face/<uuid:face_id>/", images.face, name="face"),
]
