"""Pages that span rooms, and signing in."""

from django.urls import include, path

from pims.web import faults
from pims.web.finding.views import search
from pims.web.merging import views as merging
from pims.web.start.views import home
from pims.web.visiting.views import sample

urlpatterns = [
    path("", include("pims.web.signin.urls")),
    path("administration/", include("pims.web.administration.urls")),
    path("", home, name="home"),
    path("prisoners/", include("pims.web.prisoners.urls")),
    path("search/", search, name="search"),
    path("match/<int:match_id>/", merging.match_people, name="match_people"),
    path(
        "merge/<int:person_id>/into/<int:into_person_id>/",
        merging.merge_people,
        name="merge_people",
    ),
    path("merge/<int:person_id>/undo/", merging.unmerge_people, name="unmerge_people"),
    path("visiting/", sample, name="visiting_sample"),
    path("offline/", faults.offline, name="offline"),
]
