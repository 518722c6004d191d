"""Addresses of the assurance room."""

from django.urls import path

from pims.assurance.web import queue, views

app_name = "assurance"

urlpatterns = [
    path("", views.alarms, name="alarms"),
    path("rows/", views.rows, name="rows"),
    path("queue/", queue.queue, name="queue"),
    path("queue/<str:kind>/", queue.work, name="work"),
    path("<int:alarm_id>/", views.alarm_page, name="alarm"),
    path("<int:alarm_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<int:alarm_id>/end/", views.end, name="end"),
]
