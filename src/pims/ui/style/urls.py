"""``/style/``."""

from django.urls import path

from pims.ui.style.views import style, suggest

app_name = "style"
urlpatterns = [path("", style, name="page"), path("suggest/", suggest, name="suggest")]
