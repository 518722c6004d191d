from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "pims.web"
    label = "web"
