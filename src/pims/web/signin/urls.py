"""Addresses of signing in and of one's own account."""

from django.urls import path

from pims.web.signin import account, views

app_name = "signin"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/second-factor/", views.second_factor, name="second_factor"),
    path("sign-in/set-up/", account.first_factor, name="first_factor"),
    path("switch/", views.switch, name="switch"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("session/", views.session, name="session"),
    path("language/", views.language, name="language"),
    path("establishment/", views.establishment, name="establishment"),
    path("account/", account.account, name="account"),
    path("account/pin/", account.new_pin, name="new_pin"),
    path("account/password/", account.new_password, name="new_password"),
    path("account/second-factor/", account.add_factor, name="add_factor"),
    path("account/recovery-codes/", account.recovery_codes, name="recovery_codes"),
    path("account/recovery-codes/new/", account.new_recovery_codes, name="new_recovery_codes"),
    path(
        "account/second-factor/<int:authenticator_id>/remove/",
        account.drop_factor,
        name="drop_factor",
    ),
]
