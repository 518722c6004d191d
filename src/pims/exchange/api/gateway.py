"""What is believed of the gateway: that a call came through it, and whose certificate it saw.

The gateway (nginx) holds the agency's TLS connection and hands calls over through a Unix socket. It
names the certificate in a header; the secret in another header shows that it was the gateway that
did so. Without that secret every call is refused, whatever it says of itself.
"""

import hmac
import secrets as random
from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest

from pims.exchange.api import refusals
from pims.exchange.api.refusals import ApiRefused
from pims.foundation.vault import secrets

SECRET = "exchange-gateway-secret"
SECRET_HEADER, CERTIFICATE_HEADER = "PIMS-Gateway", "PIMS-Client-Certificate"
LARGEST = 16_000


def gateway_secret() -> str:
    """Made on first use; the gateway's configuration holds a copy."""
    return secrets.read_or_create(SECRET, lambda: random.token_urlsafe(36).encode()).decode()


@cache
def _expected() -> bytes:
    return gateway_secret().encode()


def thumbprint_shown(request: HttpRequest) -> str:
    """``x5t#S256`` (RFC 8705) of the certificate that the gateway saw.

    Raises ApiRefused: it did not come through the gateway, there is no certificate, or no readable
    one.
    """
    require_gateway(request)
    escaped = request.headers.get(CERTIFICATE_HEADER, "")
    if not escaped:
        raise ApiRefused(refusals.no_certificate())
    try:
        found = x509.load_pem_x509_certificate(unquote(escaped[:LARGEST]).encode())
        der = found.public_bytes(Encoding.DER)
    except ValueError:
        raise ApiRefused(refusals.bad_certificate()) from None
    return urlsafe_b64encode(sha256(der).digest()).decode().rstrip("=")


def require_gateway(request: HttpRequest) -> None:
    """Raises ApiRefused where the call does not show the gateway's secret."""
    shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
    if not hmac.compare_digest(shown, _expected()):
        raise ApiRefused(refusals.not_through_the_gateway())
