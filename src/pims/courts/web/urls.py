"""Addresses of the courts room."""

from django.urls import path

from pims.courts.web import (
    cases,
    certificates,
    diary,
    hearings,
    order_pages,
    orders,
    person,
    readings,
    waiting,
)

app_name = "courts"

urlpatterns = [
    path("", person.index, name="index"),
    path("person/<int:person_id>/", person.person, name="person"),
    path("offences/", orders.suggest_offence, name="offences"),
    path("case/new/<int:person_id>/", cases.open_case, name="open_case"),
    path("case/<int:case_id>/", cases.case_page, name="case"),
    path("case/<int:case_id>/amend/", cases.amend_case, name="amend_case"),
    path("case/<int:case_id>/charge/", cases.add_charge, name="add_charge"),
    path("charge/<int:charge_id>/amend/", cases.amend_charge, name="amend_charge"),
    path("charge/<int:charge_id>/decide/", cases.decide_charge, name="decide_charge"),
    path(
        "case/<int:case_id>/time/<int:person_id>/",
        certificates.certificate,
        name="certificate",
    ),
    path("hearing/new/<int:person_id>/", hearings.schedule, name="schedule"),
    path("hearing/<int:hearing_id>/move/", hearings.move, name="move"),
    path("hearing/<int:hearing_id>/cancel/", hearings.cancel, name="cancel"),
    path("hearing/<int:hearing_id>/outcome/", hearings.outcome, name="outcome"),
    path("order/new/<int:person_id>/", orders.record, name="record_order"),
    path("order/<int:order_id>/", order_pages.order_page, name="order"),
    path("order/<int:order_id>/scan/", order_pages.scan, name="scan"),
    path("order/<int:order_id>/fall/", order_pages.set_aside, name="set_aside"),
    path("order/<int:order_id>/confirm/", order_pages.confirm, name="confirm"),
    path("order/<int:order_id>/read/", readings.read, name="read"),
    path("order/<int:order_id>/show/", order_pages.show_keyed, name="show_keyed"),
    path("order/<int:order_id>/read/scan/", readings.scan, name="read_scan"),
    path("query/<int:query_id>/", order_pages.query, name="query"),
    path("readings/", readings.queue, name="readings"),
    path("readings/<int:reading_id>/", readings.reading_page, name="reading"),
    path("diary/", diary.diary, name="diary"),
    path("production/", diary.production, name="production"),
    path("waiting/outcome/", waiting.without_outcome, name="without_outcome"),
    path("waiting/next/", waiting.no_next, name="no_next"),
    path("waiting/papers/", waiting.papers, name="papers"),
    path(
        "papers/production/<str:day>/<int:body_id>/",
        diary.production_paper,
        name="production_paper",
    ),
    path(
        "papers/time/<int:case_id>/<int:person_id>/",
        certificates.certificate_paper,
        name="certificate_paper",
    ),
]
