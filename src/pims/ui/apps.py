from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "pims.ui"
    label = "ui"
