"""Passkeys: the two ceremonies, over allauth's and fido2's own parts."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError

from pims.foundation.access.models import User

_WRONG = (ValidationError, InvalidSignature, ValueError, TypeError, KeyError, AttributeError)


def registration_options(user: User) -> dict[str, Any]:
    """What the browser is asked to make a key for; its challenge is kept in the session."""
    options: dict[str, Any] = auth.begin_registration(user, passwordless=False)
    return options


def registration_holds(credential: dict[str, Any]) -> bool:
    """Whether the browser's answer is to the challenge of this session, from our own address."""
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except _WRONG:
        return False
    return True


def authentication_options(user: User) -> dict[str, Any]:
    options: dict[str, Any] = auth.begin_authentication(user)
    return options


def authentication_holds(user: User, credential: dict[str, Any]) -> bool:
    """Whether one of the user's keys signed the challenge of this session. Records its use."""
    try:
        auth.parse_authentication_response(credential)
        used: Authenticator = auth.complete_authentication(user, credential)
    except _WRONG:
        return False
    used.record_usage()
    return True
