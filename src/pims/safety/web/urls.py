"""Addresses of the safety room."""

from django.urls import path

from pims.safety.web import views

app_name = "safety"

urlpatterns = [
    path("<int:person_id>/", views.person, name="person"),
    path("<int:person_id>/flag/", views.raise_flag, name="raise_flag"),
    path("flag/<int:flag_id>/lower/", views.lower_flag, name="lower_flag"),
    path("<int:person_id>/keep-apart/", views.keep_apart, name="keep_apart"),
    path("keep-apart/<int:keep_apart_id>/end/", views.end_keep_apart, name="end_keep_apart"),
]
