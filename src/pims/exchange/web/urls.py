"""Addresses of the exchange's pages."""

from django.urls import path

from pims.exchange.web import agencies, agreements, breaker, inbox, traffic

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
    path("traffic/", traffic.traffic, name="traffic"),
    path("endpoint/<int:endpoint_id>/", traffic.endpoint, name="endpoint"),
    path("endpoint/<int:endpoint_id>/state/", traffic.endpoint_state, name="endpoint_state"),
    path("endpoint/<int:endpoint_id>/secret/", traffic.change_secret, name="change_secret"),
    path("endpoint/<int:endpoint_id>/secret/shown/", traffic.show_secret, name="show_secret"),
    path("endpoint/<int:endpoint_id>/dead/", traffic.replay_dead, name="replay_dead"),
    path("endpoint/<int:endpoint_id>/again/", traffic.replay_stretch, name="replay_stretch"),
    path("pushing/<int:agreement_id>/", traffic.new_endpoint, name="new_endpoint"),
    path("silence/<int:agreement_id>/", traffic.silence, name="silence"),
    path("allowed/", traffic.allow_address, name="allow_address"),
    path("allowed/<int:allowed_id>/end/", traffic.end_allowed, name="end_allowed"),
    path("breaker/", breaker.breaker, name="breaker"),
    path("breaker/<int:hold_id>/", breaker.hold, name="hold"),
    path("breaker/<int:hold_id>/let-go/", breaker.let_go, name="let_go"),
    path("breaker/<int:hold_id>/withdraw/", breaker.withdraw, name="withdraw"),
    path("amnesty/", breaker.announce, name="announce_amnesty"),
    path("amnesty/<int:announcement_id>/second/", breaker.second, name="second_amnesty"),
    path("amnesty/<int:announcement_id>/off/", breaker.call_off, name="call_off_amnesty"),
    # D: inbox
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/paper/", inbox.read_paper, name="read_paper"),
    path("inbox/<uuid:inbound_id>/", inbox.message, name="message"),
    path("inbox/<uuid:inbound_id>/acknowledge/", inbox.acknowledge, name="acknowledge"),
    path("inbox/<uuid:inbound_id>/apply/", inbox.apply, name="apply"),
    path("inbox/<uuid:inbound_id>/decline/", inbox.reject, name="reject"),
    path("inbox/<uuid:inbound_id>/ask/", inbox.ask, name="ask"),
    path("inbox/<uuid:inbound_id>/person/", inbox.match, name="match"),
]
