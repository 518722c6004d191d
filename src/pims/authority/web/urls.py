"""Addresses of the authority room."""

from django.urls import path

from pims.authority.web import orders, queries, warrants

app_name = "authority"

urlpatterns = [
    path("", warrants.index, name="index"),
    path("record/<int:person_id>/", warrants.record, name="record"),
    path("warrant/<int:warrant_id>/", warrants.warrant_page, name="warrant"),
    path("warrant/<int:warrant_id>/decide/", warrants.decide, name="decide"),
    path("warrant/<int:warrant_id>/scan/", warrants.scan, name="scan"),
    path("name/<int:warrant_name_id>/amend/", warrants.amend, name="amend"),
    path("name/<int:warrant_name_id>/end/", warrants.end, name="end"),
    path("name/<int:warrant_name_id>/next/", warrants.next_appearance, name="next"),
    path("query/<int:query_id>/", warrants.query, name="query"),
    path("query/<int:query_id>/answer/", queries.answer, name="answer_query"),
    path("order/<int:person_id>/", orders.record, name="record_order"),
    path("order/<int:release_order_id>/page/", orders.order_page, name="order"),
    path("order/<int:release_order_id>/scan/", orders.scan, name="order_scan"),
    path("order/<int:release_order_id>/withdraw/", orders.withdraw, name="withdraw_order"),
    path("order/<int:release_order_id>/extend/", orders.extend, name="extend_order"),
    path("interest/<int:person_id>/", orders.interest, name="record_interest"),
    path(
        "interest/<int:police_interest_id>/withdraw/",
        orders.withdraw_interest,
        name="withdraw_interest",
    ),
    path("bodies/", orders.bodies, name="bodies"),
    path("bodies/<int:body_id>/", orders.registry_phone, name="registry_phone"),
]
