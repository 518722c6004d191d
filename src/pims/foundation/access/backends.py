"""How Django's authentication finds our users."""

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q
from django.http import HttpRequest

from pims.foundation.access.models import User
from pims.foundation.access.secrets import (
    Secret,
    card_digest,
    password_matches,
    pin_matches,
)


def find_user(badge: str) -> User | None:
    """The active member of staff with this badge number, or whose card has this serial."""
    text = badge.strip()
    if not text or "\0" in text:
        return None
    found = list(
        User.objects.filter(
            Q(badge=text) | Q(card_digest=card_digest(text)),
            is_active=True,
            kind=User.Kind.STAFF,
        )[:2]
    )
    return found[0] if len(found) == 1 else None


class BadgeBackend(BaseBackend):
    """Badge number or card, and PIN or password. Unknown badges take as long as known ones."""

    def authenticate(
        self,
        request: HttpRequest | None,
        badge: str = "",
        pin: Secret | None = None,
        password: Secret | None = None,
        **_: object,
    ) -> User | None:
        """The user, where the one secret given is theirs; nothing is counted or recorded here."""
        if (pin is None) == (password is None):
            return None
        user = find_user(badge)
        return user if secret_matches(user, pin=pin, password=password) else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True, kind=User.Kind.STAFF).first()


def secret_matches(
    user: User | None, *, pin: Secret | None = None, password: Secret | None = None
) -> bool:
    """Whether the secret given is this user's; as slow for nobody as for somebody."""
    if pin is not None:
        return pin_matches(pin.reveal(), user.pin if user else "")
    if password is not None:
        return password_matches(password.reveal(), user.password if user else "")
    return False
