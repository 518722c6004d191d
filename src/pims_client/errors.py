"""What can come back instead of an answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any


class PimsError(Exception):
    """Anything that is not an answer."""


class Away(PimsError):
    """PIMS was not reached, or could not answer now, as often as was tried. It says nothing about
    anybody's custody."""


class NotGenuine(PimsError):
    """What came is not signed by PIMS, or not of this moment: it must not be believed."""


class PimsRefused(PimsError):
    """PIMS answered that it will not. `code` stays the same between versions; `words` are English
    and Spanish; `decided_by` is who can decide otherwise, if anybody."""

    def __init__(
        self, status: int, body: Mapping[str, Any], retry_after: float | None = None
    ) -> None:
        self.status = status
        self.code = str(body.get("code", "unknown"))
        self.words: Mapping[str, str] = body.get("message") or {}
        self.legal_reference: str | None = body.get("legal_reference")
        self.decided_by: Mapping[str, str] | None = body.get("decided_by")
        self.phone: str | None = body.get("phone")
        self.details: list[dict[str, Any]] = body.get("details") or []
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.words.get('en', '')}")


class NothingForYou(PimsRefused):
    """No information available under this agreement. It does NOT mean that the person is free: ring
    `phone`."""


class StartOver(PimsRefused):
    """What comes after that position is no longer kept: take a snapshot."""


class Stuck(PimsError):
    """PIMS answers, and its feed stands still: what was recorded after `upto` (UTC) is not in it.
    That no event comes does not mean that nothing happened: ring the prison."""

    def __init__(self, upto: datetime, behind: timedelta) -> None:
        self.upto, self.behind = upto, behind
        super().__init__(
            f"the feed is {int(behind.total_seconds())} s behind: nothing after"
            f" {upto.isoformat(timespec='seconds')} is in it"
        )


def refused(status: int, body: Mapping[str, Any], retry_after: float | None = None) -> PimsRefused:
    """The exception for a refusal."""
    kinds: Mapping[str, type[PimsRefused]] = {
        "nothing_for_you": NothingForYou, "start_over": StartOver,
    }  # fmt: skip
    return kinds.get(str(body.get("code")), PimsRefused)(status, body, retry_after)
