"""Addresses of the custody room."""

from django.urls import path

from pims.custody.web import roll, units

app_name = "custody"

urlpatterns = [
    path("roll/", roll.roll_page, name="roll"),
    path("roll/export/<str:form>/", roll.export, name="roll_export"),
    path("units/<int:unit_id>/", units.unit_page, name="unit"),
]
