"""Addresses of the property room."""

from django.urls import path

from pims.property.web import papers, views

app_name = "property"

urlpatterns = [
    path("<int:person_id>/", views.person, name="person"),
    path("<int:person_id>/give-back/", views.give_back, name="give_back"),
    path("item/<int:item_id>/missing/", views.missing, name="missing"),
    path("receipt/<int:receipt_id>/", views.receipt, name="receipt"),
    path("papers/receipt/<int:receipt_id>/", papers.receipt, name="receipt_paper"),
]
