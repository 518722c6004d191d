"""Pages that span rooms, and signing in."""

from django.urls import include, path

from pims.web import faults
from pims.web.start.views import home

urlpatterns = [
    path("", include("pims.web.signin.urls")),
    path("administration/", include("pims.web.administration.urls")),
    path("", home, name="home"),
    path("prisoners/", include("pims.web.prisoners.urls")),
    path("offline/", faults.offline, name="offline"),
]
