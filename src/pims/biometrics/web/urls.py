"""Addresses of the biometrics room."""

from django.urls import path

from pims.biometrics.web import enrolling, examining, images, reports, verifying

app_name = "biometrics"

urlpatterns = [
    path("", examining.candidates, name="candidates"),
    path("<int:person_id>/", enrolling.enrol, name="enrol"),
    path("<int:person_id>/verify/", verifying.verify, name="verify"),
    path("<int:person_id>/destroy/", reports.destroy, name="destroy"),
    path("search/<int:search_id>/", examining.search, name="search"),
    path("candidate/<int:candidate_id>/", examining.candidate, name="candidate"),
    path("sweeps/", reports.sweeps, name="sweeps"),
    path("quality/", reports.quality, name="quality"),
    path("finger/<uuid:finger_id>/", images.finger, name="finger"),
    path("face/<uuid:face_id>/", images.face, name="face"),
]
