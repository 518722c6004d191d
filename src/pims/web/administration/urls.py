"""Addresses of the administration of access."""

from django.urls import path

from pims.web.administration import grants, roles, users

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
    path("roles/", roles.matrix, name="roles"),
]
