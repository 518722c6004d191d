from django.apps import AppConfig


class CourtsConfig(AppConfig):
    name = "pims.courts"
    label = "courts"
    default_auto_field = "django.db.models.BigAutoField"
