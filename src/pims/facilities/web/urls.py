"""Addresses of the facilities room."""

from django.urls import path

from pims.facilities.web import views

app_name = "facilities"

urlpatterns = [
    path("", views.index, name="index"),
    path("unit/<int:unit_id>/", views.unit, name="unit"),
    path("unit/<int:unit_id>/capacity/", views.capacity, name="capacity"),
    path("unit/<int:unit_id>/close/", views.close, name="close"),
    path("closure/<int:out_of_use_id>/open/", views.reopen, name="reopen"),
]
