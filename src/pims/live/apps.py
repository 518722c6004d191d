from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "pims.live"
    label = "live"
