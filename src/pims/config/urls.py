"""Every page's address: one prefix a room."""

from importlib.util import find_spec

from django.urls import include, path

from pims.config.health import healthz

ROOMS = {
    "": "pims.web.urls",
    "people/": "pims.people.web.urls",
    "facilities/": "pims.facilities.web.urls",
    "fingerprints/": "pims.biometrics.web.urls",
    "authority/": "pims.authority.web.urls",
    "safety/": "pims.safety.web.urls",
    "property/": "pims.property.web.urls",
    "custody/": "pims.custody.web.urls",
    "courts/": "pims.courts.web.urls",
    "sentences/": "pims.sentences.web.urls",
    "release/": "pims.release.web.urls",
    "alarms/": "pims.assurance.web.urls",
    "exchange/": "pims.exchange.web.urls",
    "board/": "pims.live.web.urls",
    "style/": "pims.ui.style.urls",
}

urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    *(path(prefix, include(module)) for prefix, module in ROOMS.items() if find_spec(module)),
]
