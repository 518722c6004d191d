from importlib import import_module

from django.apps import AppConfig


class SentencesConfig(AppConfig):
    name = "pims.sentences"
    label = "sentences"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The courts' room asks it how the law in force counts months.
        import_module("pims.sentences.law")
