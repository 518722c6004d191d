"""Addresses of the prisoner page, which spans rooms."""

from django.urls import path

from pims.web.prisoners import views

urlpatterns = [
    path("<str:number>/", views.overview, name="prisoner"),
    path("<str:number>/timeline/", views.timeline_page, name="prisoner_timeline"),
    path("<str:number>/who/", views.who, name="prisoner_who"),
    path("<str:number>/custody/", views.custody_page, name="prisoner_custody"),
    path("<str:number>/access/", views.access, name="prisoner_access"),
]
