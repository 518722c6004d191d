"""How a call is made and its answer understood, without a connection: both clients share it."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from pims_client import signing
from pims_client.credentials import Credentials
from pims_client.errors import Away, NotGenuine, PimsRefused, refused
from pims_client.signing import Answered, Question

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# A token is changed so long before it ends.
EARLY_SECONDS = 30.0
# What the gateway in front of PIMS may answer itself, unsigned: nothing of it is about a person.
_OF_THE_GATEWAY = frozenset({401, 413, 429, 502, 503, 504})
_AGAIN = frozenset({429, 502, 503, 504})
LARGEST_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried, and how long is waited in between, in seconds: doubled each time,
    a random part of it, so that many programs do not come back at once."""

    attempts: int = 5
    first: float = 0.2
    longest: float = 10.0

    def wait(self, attempt: int, retry_after: float | None = None) -> float:
        """Before the next try, after `attempt` (from 1) went wrong; at least what was asked for."""
        step = min(self.longest, self.first * 2.0 ** (attempt - 1))
        return max(random.uniform(step / 2, step), min(retry_after or 0.0, 60.0))


@dataclass(slots=True)
class Calls:
    """Makes requests and reads answers for one agency, purpose and official."""

    credentials: Credentials
    purpose: str
    end_user: str
    check_answers: bool = True
    retries: Retries = field(default_factory=Retries)
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def __post_init__(self) -> None:
        if self.check_answers and not self.credentials.pims_keys:
            raise ValueError("PIMS's public keys are not among the credentials")

    # -- tokens --------------------------------------------------------------------------------
    @property
    def needs_token(self) -> bool:
        return not self._token or time.monotonic() >= self._until - EARLY_SECONDS

    def forget_token(self) -> None:
        self._token = ""

    def token_question(self) -> Question:
        address = f"{self.credentials.address}/v1/token"
        form = {
            "grant_type": GRANT, "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signing.assertion(
                self.credentials.assertion, client_id=self.credentials.client_id, audience=address
            ),
        }  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Question("POST", address, headers, urlencode(form).encode())

    def keep_token(self, answer: Mapping[str, Any]) -> None:
        self._token = str(answer["access_token"])
        self._until = time.monotonic() + float(answer["expires_in"])

    # -- calls ---------------------------------------------------------------------------------
    def question(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        end_user: str | None = None,
    ) -> Question:
        """A signed request. `path` is escaped already; bytes go as they are, else as JSON."""
        kept = {name: str(value) for name, value in (query or {}).items() if value is not None}
        target = path + (f"?{urlencode(kept)}" if kept else "")
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(
            body, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()  # fmt: skip
        headers = {
            "Authorization": f"Bearer {self._token}",
            "PIMS-Purpose": self.purpose,
            "PIMS-End-User": quote(end_user or self.end_user, safe=" ._-"),
        }
        if data:
            headers["Content-Type"] = "application/json"
        question = Question(method, f"{self.credentials.address}{target}", headers, data)
        signing.sign(question, self.credentials.message)
        return question

    def read(self, question: Question, response: httpx.Response) -> httpx.Response:
        """The answer, if it is genuine and good. Raises NotGenuine, PimsRefused."""
        body = response.content
        signed = "signature" in response.headers
        if self.check_answers and (signed or response.status_code not in _OF_THE_GATEWAY):
            answer = Answered(response.status_code, dict(response.headers), question, body)
            signing.check(answer, self.credentials.pims_keys)
        if response.is_success:
            return response
        try:
            found = json.loads(body)
        except ValueError:
            found = {"code": "unreadable"}
        if not isinstance(found, dict):
            found = {"code": "unreadable"}
        raise refused(response.status_code, found, _seconds(response.headers.get("retry-after")))

    # -- trying again --------------------------------------------------------------------------
    def wait_or_raise(self, error: Exception, attempt: int) -> float:
        """Seconds to wait before the call is made again; raises where it must not be."""
        if isinstance(error, PimsRefused) and error.status == 401 and error.code == "bad_token":
            self.forget_token()
            if attempt > 1:
                raise error
            return 0.0
        temporary = isinstance(error, httpx.TransportError) or (
            isinstance(error, PimsRefused) and error.status in _AGAIN
        )
        if not temporary:
            raise error
        if attempt >= self.retries.attempts:
            raise Away(str(error)) from error
        return self.retries.wait(attempt, getattr(error, "retry_after", None))


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, float(text))
    except ValueError:
        return None


def segment(text: str) -> str:
    """One part of an address."""
    return quote(text, safe="")


__all__ = ["Calls", "NotGenuine", "Retries", "segment"]
