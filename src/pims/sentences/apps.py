from django.apps import AppConfig


class SentencesConfig(AppConfig):
    name = "pims.sentences"
    label = "sentences"
    default_auto_field = "django.db.models.BigAutoField"
