"""Addresses of the release room."""

from django.urls import path

from pims.release.web import cases, corrections, discharges, identity, papers

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
]
