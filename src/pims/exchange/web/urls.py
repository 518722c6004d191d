"""Addresses of the exchange's pages."""

from django.urls import path

from pims.exchange.web import agencies, agreements

app_name = "exchange"

urlpatterns = [
    # A: agencies and agreements
    path("", agencies.index, name="index"),
    path("register/", agencies.register, name="register"),
    path("agency/<int:agency_id>/", agencies.agency, name="agency"),
    path("agency/<int:agency_id>/amend/", agencies.amend, name="amend"),
    path("agency/<int:agency_id>/state/", agencies.state, name="state"),
    path("agency/<int:agency_id>/bodies/", agencies.speak_for, name="speak_for"),
    path("agency/<int:agency_id>/key/", agencies.new_key, name="new_key"),
    path("agency/<int:agency_id>/key/<int:key_id>/revoke/", agencies.revoke_key, name="revoke_key"),
    path("agency/<int:agency_id>/certificate/", agencies.new_certificate, name="new_certificate"),
    path(
        "agency/<int:agency_id>/certificate/<int:certificate_id>/revoke/",
        agencies.revoke_certificate,
        name="revoke_certificate",
    ),
    path("agency/<int:agency_id>/agreement/", agreements.draft, name="draft"),
    path("agreement/<int:version_id>/", agreements.version, name="version"),
    path("agreement/<int:version_id>/edit/", agreements.edit, name="edit"),
    path("agreement/<int:version_id>/preview/", agreements.show_preview, name="preview"),
    path("agreement/<int:version_id>/sign/", agreements.sign, name="sign"),
    path("agreement/<int:version_id>/theirs/", agreements.their_signature, name="their_signature"),
    path("agreement/<int:version_id>/activate/", agreements.activate, name="activate"),
    path("agreement/<int:version_id>/end/", agreements.end, name="end"),
    # C: traffic and breaker
    # D: inbox
]
