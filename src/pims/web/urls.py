"""Pages that span rooms, and signing in."""

from django.urls import include, path

from pims.web import faults

urlpatterns = [
    path("", include("pims.web.signin.urls")),
    path("administration/", include("pims.web.administration.urls")),
    path("offline/", faults.offline, name="offline"),
]
