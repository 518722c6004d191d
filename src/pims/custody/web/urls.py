"""Addresses of the custody room."""

from django.urls import path

from pims.custody.web import (
    admission,
    batch,
    corrections,
    desk,
    ends,
    escort_pages,
    escorts,
    occurrences,
    papers,
    placement,
    reception,
    roll,
    units,
)

app_name = "custody"

urlpatterns = [
    path("reception/", reception.reception, name="reception"),
    path("reception/receive/", reception.receive, name="receive"),
    path("reception/known/", reception.known, name="known"),
    path("reception/order/", batch.receive_under_order, name="receive_order"),
    path("reception/van/<int:van_id>/", reception.van, name="van"),
    path("reception/van/<int:van_id>/correct/", corrections.correct_van, name="correct_van"),
    path(
        "reception/receipt/<int:receipt_id>/correct/",
        corrections.correct_receipt,
        name="correct_receipt",
    ),
    path(
        "reception/receipt/<int:receipt_id>/person/", corrections.wrong_person, name="wrong_person"
    ),
    path("episode/<int:episode_id>/correct/", corrections.correct, name="correct"),
    path("episode/<int:episode_id>/start/", corrections.correct_start, name="correct_start"),
    path("episode/<int:episode_id>/never-held/", corrections.never_held, name="never_held"),
    path("reception/book/", reception.book, name="reception_book"),
    path("reception/turn-away/", reception.turn_away, name="turn_away"),
    path("admission/<int:episode_id>/", admission.admission, name="admission"),
    path("admission/<int:episode_id>/<str:step>/", admission.admission_step, name="admission_step"),
    path("admission/<int:episode_id>/<str:step>/leave-out/", admission.leave_out, name="leave_out"),
    path("admission/<int:episode_id>/<str:step>/done/", admission.mark_done, name="mark_done"),
    path(
        "injuries/<int:injury_id>/photograph/",
        admission.injury_photograph,
        name="injury_photograph",
    ),
    path("place/<int:episode_id>/", placement.place, name="place"),
    path("place/<int:episode_id>/recorded/", placement.placed, name="placed"),
    path("out/", escorts.out_now, name="out"),
    path("out/send/", escorts.send_out, name="send_out"),
    path("out/<int:escort_id>/", escort_pages.change, name="escort"),
    path("out/<int:escort_id>/departure/", escort_pages.departure, name="escort_departure"),
    path("desk/", desk.desk, name="desk"),
    path("end/<int:end_id>/", ends.end_page, name="end"),
    path("end/<int:end_id>/details/", ends.end_details, name="end_details"),
    path("end/<int:end_id>/hour/", ends.end_move, name="end_move"),
    path("end/<int:end_id>/countersign/", ends.end_countersign, name="end_countersign"),
    path("end/<int:end_id>/take-back/", ends.end_take_back, name="end_take_back"),
    path(
        "event/<int:episode_id>/escape/take-back/", ends.escape_take_back, name="escape_take_back"
    ),
    path("event/<int:episode_id>/", occurrences.event, name="event"),
    path("event/<int:episode_id>/<str:kind>/", occurrences.occurrence, name="occurrence"),
    path("roll/", roll.roll_page, name="roll"),
    path("roll/export/<str:form>/", roll.export, name="roll_export"),
    path("papers/admission/<int:episode_id>/", papers.admission_form, name="admission_form_paper"),
    path("papers/card/<int:person_id>/", papers.id_card, name="id_card_paper"),
    path("papers/reception-book/<str:day>/", papers.reception_book, name="reception_book_paper"),
    path("units/<int:unit_id>/", units.unit_page, name="unit"),
]
