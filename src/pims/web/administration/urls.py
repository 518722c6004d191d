"""Addresses of the administration: users, roles, and orders about whole records."""

from django.urls import path

from pims.web.administration import erasures, grants, records, roles, users

app_name = "administration"
urlpatterns = [
    path("users/", users.user_list, name="users"),
    path("users/new/", users.new_user, name="new_user"),
    path("users/<int:user_id>/", users.user_page, name="user"),
    path("users/<int:user_id>/details/", users.amend, name="amend_user"),
    path("users/<int:user_id>/pin/", users.reset_pin, name="reset_pin"),
    path("users/<int:user_id>/password/", users.reset_password, name="reset_password"),
    path("users/<int:user_id>/card/", users.bind_card, name="bind_card"),
    path("users/<int:user_id>/state/", users.change_state, name="user_state"),
    path(
        "users/<int:user_id>/factors/<int:authenticator_id>/remove/",
        users.drop_factor,
        name="drop_factor",
    ),
    path("users/<int:user_id>/grants/new/", grants.new_grant, name="new_grant"),
    path("users/<int:user_id>/grants/<int:grant_id>/end/", grants.end, name="end_grant"),
    path("records/", records.record_list, name="records"),
    path("records/erasures/<int:erasure_id>/", erasures.erasure, name="erasure"),
    path("records/erasures/<int:erasure_id>/state/", erasures.state, name="erasure_state"),
    path("records/erasures/<int:erasure_id>/confirm/", erasures.confirm, name="confirm_erasure"),
    path("records/erasures/<int:erasure_id>/withdraw/", erasures.withdraw, name="withdraw_erasure"),
    path("records/erasures/<int:erasure_id>/again/", erasures.again, name="erase_again"),
    path("records/<str:number>/", records.record, name="record"),
    path("records/<str:number>/seal/", records.seal, name="seal"),
    path("records/<str:number>/unseal/", records.unseal, name="unseal"),
    path("records/<str:number>/erase/", erasures.order, name="order_erasure"),
    path("roles/", roles.matrix, name="roles"),
]
