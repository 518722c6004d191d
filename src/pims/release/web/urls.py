"""Addresses of the release room."""

from django.urls import path

from pims.release.web import (
    cases,
    corrections,
    discharges,
    identity,
    papers,
    parole,
    preparing,
    register,
)

app_name = "release"

urlpatterns = [
    path("", cases.index, name="index"),
    path("start/<int:episode_id>/", cases.start, name="start"),
    path("case/<int:case_id>/", cases.case_page, name="case"),
    path("case/<int:case_id>/acknowledge/", cases.acknowledge, name="acknowledge"),
    path("case/<int:case_id>/identity/", identity.identity, name="identity"),
    path("case/<int:case_id>/decide/", identity.decide, name="decide_identity"),
    path("vouching/<int:vouching_id>/", identity.vouch, name="vouch"),
    path("case/<int:case_id>/item/<str:code>/", cases.item, name="item"),
    path("case/<int:case_id>/second/", cases.second_officer, name="second"),
    path("case/<int:case_id>/discharge/", discharges.discharge, name="discharge"),
    path("case/<int:case_id>/close/", cases.close, name="close"),
    path("paper/<int:episode_id>/", discharges.paper, name="paper"),
    path("discharged/<int:discharge_id>/", discharges.discharge_page, name="discharged"),
    path("discharged/<int:discharge_id>/countersign/", discharges.sign, name="countersign"),
    path("discharged/<int:discharge_id>/error/", discharges.error, name="error"),
    path("discharged/<int:discharge_id>/correct/", corrections.correct, name="correct"),
    path("discharged/<int:discharge_id>/take-back/", corrections.take_back, name="take_back"),
    path("stay/<int:episode_id>/", corrections.of_stay, name="of_stay"),
    path("error/<int:error_id>/returned/", discharges.returned, name="returned"),
    path("book/", discharges.book, name="book"),
    path("papers/certificate/<int:discharge_id>/", papers.certificate, name="certificate_paper"),
    path("papers/end/<int:end_id>/", papers.end_certificate, name="end_paper"),
    path("papers/book/<str:day>/", papers.book, name="book_paper"),
    path("papers/official-copy/<int:person_id>/", papers.official_copy, name="official_copy_paper"),
    path("preparation/", preparing.index, name="preparations"),
    path("preparation/<int:preparation_id>/", preparing.preparation_page, name="preparation"),
    path("preparation/<int:preparation_id>/date/", preparing.read_date, name="read_date"),
    path(
        "preparation/<int:preparation_id>/difference/", preparing.settle_dates, name="settle_dates"
    ),
    path(
        "preparation/<int:preparation_id>/item/<str:code>/",
        preparing.prepare_item,
        name="prepare_item",
    ),
    path("preparation/<int:preparation_id>/told/", preparing.tell_agency, name="tell_agency"),
    path("preparation/<int:preparation_id>/late/", register.held_too_long, name="held_too_long"),
    path("parole/", parole.index, name="paroles"),
    path("parole/person/<int:person_id>/", parole.open_parole, name="open_parole"),
    path("parole/<int:parole_id>/", parole.parole_page, name="parole"),
    path("parole/<int:parole_id>/decide/", parole.decide, name="decide_parole"),
    path("parole/<int:parole_id>/revoke/", parole.revoke, name="revoke_parole"),
    path("parole/<int:parole_id>/dossier.pdf", parole.dossier, name="parole_dossier"),
    path("register/", register.index, name="register"),
    path("register/person/<int:person_id>/", register.over_detained, name="over_detained"),
    path("register/left/<int:discharge_id>/", register.left_late, name="left_late"),
    path("register/error/<int:error_id>/", register.lessons, name="lessons"),
    path("register/<int:detention_error_id>/", register.amend, name="amend_error"),
]
