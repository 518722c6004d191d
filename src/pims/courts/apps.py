from importlib import import_module

from django.apps import AppConfig


class CourtsConfig(AppConfig):
    name = "pims.courts"
    label = "courts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The pages of papers ask it what they may show.
        import_module("pims.courts.web.withheld")
