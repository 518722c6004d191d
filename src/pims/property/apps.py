from django.apps import AppConfig


class PropertyConfig(AppConfig):
    name = "pims.property"
    label = "property"
    default_auto_field = "django.db.models.BigAutoField"
