from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "pims.demo"
    label = "demo"
