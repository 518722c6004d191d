"""What pushed messages are signed with, kept in the folder of secrets: one file an endpoint.

A file holds one secret a line, the newest first; an older one says until when messages are signed
with it too: ``whsec_… 2026-12-01T00:00:00+00:00``. Nothing of it is in the database.
"""

from datetime import datetime, timedelta

from pims.exchange.webhooks.signing import Secret, new_secret, parse_secret
from pims.foundation.vault import secrets as files

# Our own key, with which everything is signed that goes to endpoints without a secret of theirs.
OWN_KEY = "exchange-webhook-key"
OVERLAP = timedelta(days=7)


def make(name: str, scheme: str) -> None:
    """Make the file of an endpoint, where there is none yet."""
    files.read_or_create(name, lambda: _text([(new_secret(scheme), None)]))


def held(name: str, *, at: datetime) -> list[Secret]:
    """The secrets that messages are signed with now, the newest first.

    Raises SecretsMissing where the file should be there and is not.
    """
    return [secret for secret, until in _read(name) if until is None or until > at]


def newest(name: str) -> Secret:
    return _read(name)[0][0]


def rotate(name: str, *, at: datetime, overlap: timedelta = OVERLAP) -> None:
    """Sign with a new secret from now, and with the last one too until `overlap` is over."""
    before = [(s, min(u, at + overlap) if u else at + overlap) for s, u in _read(name)]
    fresh = new_secret(before[0][0].scheme)
    kept = [(secret, until) for secret, until in before if until > at]
    files.replace(name, _text([(fresh, None), *kept]))


def forget(name: str) -> None:
    files.forget(name)


def public_halves(*, at: datetime) -> list[str]:
    """Our own public keys that signatures may be of now, the newest first: for agencies."""
    return [one.public().text for one in held(OWN_KEY, at=at)]


def _read(name: str) -> list[tuple[Secret, datetime | None]]:
    """Nothing is made here: a copy of this installation that lacks the secrets sends nothing."""
    if not files.exists(name):
        raise files.SecretsMissing(files.secret_path(name))
    text = files.secret_path(name).read_text()
    found: list[tuple[Secret, datetime | None]] = []
    for line in text.splitlines():
        secret, _, until = line.strip().partition(" ")
        if secret:
            found.append((parse_secret(secret), datetime.fromisoformat(until) if until else None))
    return found


def _text(secrets: list[tuple[Secret, datetime | None]]) -> bytes:
    lines = (f"{s.text} {u.isoformat()}" if u else s.text for s, u in secrets)
    return "".join(f"{line}\n" for line in lines).encode()
