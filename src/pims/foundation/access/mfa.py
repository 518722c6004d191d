"""Second factors: allauth's authenticators, with secrets sealed and codes that work once."""

import base64
import secrets as random
from datetime import datetime
from functools import cache

from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from pims.foundation.access.models import User

ISSUER = "PIMS"
TOTP, WEBAUTHN, RECOVERY = (
    Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
)  # fmt: skip
FIRST_FACTORS = (TOTP, WEBAUTHN)

CODE_DIGITS: int = app_settings.TOTP_DIGITS

new_totp_secret = generate_totp_secret


class PimsMFAAdapter(DefaultMFAAdapter):
    """Named in the settings: how allauth's parts see a user of ours."""

    def get_totp_label(self, user: User) -> str:
        return user.badge

    def get_totp_issuer(self) -> str:
        return ISSUER

    def encrypt(self, text: str) -> str:
        nonce = random.token_bytes(12)
        sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), b"mfa")
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = base64.b64decode(encrypted_text)
        return AESGCM(_key(settings.SECRET_KEY)).decrypt(raw[:12], raw[12:], b"mfa").decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = context.request.get_host()
        return {"id": host.rsplit(":", 1)[0] if not host.endswith("]") else host, "name": ISSUER}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, object]:
        return {
            "id": user_pk_to_url_str(user).encode(),
            "display_name": user.name,
            "name": user.badge,
        }


def has_second_factor(user_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=FIRST_FACTORS).exists())


def factors_of(user_id: int) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user_id=user_id).order_by("type", "pk"))


def recovery_codes(user_id: int) -> list[str]:
    """The codes that still work, for their owner to keep."""
    held = Authenticator.objects.filter(user_id=user_id, type=RECOVERY).first()
    codes: list[str] = held.wrap().get_unused_codes() if held else []
    return codes


def totp_url(user: User, secret: str) -> str:
    url: str = PimsMFAAdapter().build_totp_url(user, secret)
    return url


def totp_counter(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code this is, within a step of `at`; None for a wrong code."""
    step: int = int(at.timestamp()) // app_settings.TOTP_PERIOD
    for counter in (step, step - 1, step + 1):
        if compare_user_code(actual=code, expected=totp_code(secret, counter)):
            return counter
    return None


def totp_code(secret: str, counter: int) -> str:
    code: str = format_hotp_value(hotp_value(secret, counter))
    return code


@cache
def _key(secret_key: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pims.access.mfa")
    return derive.derive(secret_key.encode())
