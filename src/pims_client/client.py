"""The calls of PIMS, one after another. `client_async` has the same for asyncio."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

import httpx

from pims_client import models, requests
from pims_client.calling import Calls, Retries
from pims_client.credentials import Credentials
from pims_client.errors import PimsError
from pims_client.requests import Call

TIMEOUT = httpx.Timeout(30.0, connect=5.0)


class Client:
    """One connection to PIMS for one agency and purpose. A context manager; safe to be used by one
    thread at a time.

    Every method raises NothingForYou, PimsRefused, NotGenuine or Away, and none returns an answer
    that PIMS did not sign. `end_user` is the official who asks; a method's own `end_user` is for
    one call. A call that may be made again without harm is, when the connection fails.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        purpose: str,
        end_user: str,
        check_answers: bool = True,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._calls = Calls(credentials, purpose, end_user, check_answers, retries or Retries())
        self._http = (
            httpx.Client(transport=transport, timeout=TIMEOUT)
            if transport is not None
            else httpx.Client(verify=credentials.tls(), timeout=TIMEOUT)
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # -- about one person ----------------------------------------------------------------------
    def person(self, number: str, *, end_user: str | None = None) -> models.PersonAnswer:
        """Who it is and whether in custody. NothingForYou does not mean free."""
        return cast(models.PersonAnswer, self._json(requests.person(number), end_user))

    def custody(self, number: str, *, end_user: str | None = None) -> models.CustodyAnswer:
        found = self._json(requests.about(number, "custody"), end_user)
        return cast(models.CustodyAnswer, found)

    def history(self, number: str, *, end_user: str | None = None) -> models.HistoryAnswer:
        found = self._json(requests.about(number, "custody/history"), end_user)
        return cast(models.HistoryAnswer, found)

    def hearings(self, number: str, *, end_user: str | None = None) -> models.HearingsAnswer:
        found = self._json(requests.about(number, "hearings"), end_user)
        return cast(models.HearingsAnswer, found)

    def dates(self, number: str, *, end_user: str | None = None) -> models.DatesAnswer:
        return cast(models.DatesAnswer, self._json(requests.about(number, "dates"), end_user))

    def photographs(self, number: str, *, end_user: str | None = None) -> models.PhotographsAnswer:
        found = self._json(requests.about(number, "photographs"), end_user)
        return cast(models.PhotographsAnswer, found)

    def photograph(
        self, number: str, photograph_id: str, *, end_user: str | None = None
    ) -> tuple[str, bytes]:
        """The kind of picture, such as ``image/jpeg``, and its bytes."""
        answer = self._call(requests.photograph(number, photograph_id), end_user)
        return answer.headers.get("content-type", ""), answer.content

    # -- searches ------------------------------------------------------------------------------
    def search_name(
        self, family_name: str, given_name: str, birth_date: date, *, end_user: str | None = None
    ) -> models.SearchAnswer:
        asked = requests.search_name(family_name, given_name, birth_date)
        return cast(models.SearchAnswer, self._json(asked, end_user))

    def search_document(
        self, kind: str, number: str, *, end_user: str | None = None
    ) -> models.SearchAnswer:
        found = self._json(requests.search_document(kind, number), end_user)
        return cast(models.SearchAnswer, found)

    def search_list(
        self, numbers: Sequence[str], *, end_user: str | None = None
    ) -> models.SearchAnswer:
        """At most 100 numbers."""
        return cast(models.SearchAnswer, self._json(requests.search_list(numbers), end_user))

    def search_fingerprint(
        self, record: bytes, *, form: str = "fmr", end_user: str | None = None
    ) -> models.SearchAnswer:
        """`form` is ``fmr`` (ISO/IEC 19794-2, ANSI/INCITS 378) or ``ansi_nist``."""
        found = self._json(requests.search_fingerprint(record, form), end_user)
        return cast(models.SearchAnswer, found)

    # -- lists ---------------------------------------------------------------------------------
    def production(
        self, day: date, *, court: str | None = None, end_user: str | None = None
    ) -> models.ProductionAnswer:
        found = self._json(requests.production(day, court), end_user)
        return cast(models.ProductionAnswer, found)

    def roll(
        self, *, establishment: str | None = None, end_user: str | None = None
    ) -> models.RollAnswer:
        return cast(models.RollAnswer, self._json(requests.roll(establishment), end_user))

    def statistics(
        self, *, indicator: str | None = None, period: date | None = None
    ) -> models.StatisticsAnswer:
        asked = {"indicator": indicator, "period": period and period.isoformat()}
        return cast(models.StatisticsAnswer, self._json(requests.statistics(asked)))

    # -- the feed ------------------------------------------------------------------------------
    def feed(self, after: int = 0, *, limit: int = 500) -> models.FeedAnswer:
        """Events after a position. Raises StartOver where they are no longer kept."""
        return cast(models.FeedAnswer, self._json(requests.feed(after, limit)))

    def acknowledge(self, position: int) -> models.AcknowledgeAnswer:
        found = self._json(requests.acknowledge(position))
        return cast(models.AcknowledgeAnswer, found)

    def snapshot(self, *, persons: int = 500) -> Iterator[models.SnapshotAnswer]:
        """Every page; the first one's `position` is where the feed goes on."""
        page: str | None = None
        while True:
            found = cast(models.SnapshotAnswer, self._json(requests.snapshot(page, persons)))
            yield found
            if not found["more"]:
                return
            page = str(found["inquiry"])

    # -- what is sent --------------------------------------------------------------------------
    def send(
        self, message: Mapping[str, Any], *, end_user: str | None = None
    ) -> models.MessageReceipt:
        """Send an order, a list, an arrest. The same `message_id` again does nothing again."""
        return cast(models.MessageReceipt, self._json(requests.send(message), end_user))

    def message_status(self, message_id: str) -> models.MessageStatus:
        found = self._json(requests.message_status(message_id))
        return cast(models.MessageStatus, found)

    # -- proofs --------------------------------------------------------------------------------
    def receipt(self, inquiry: UUID | str) -> models.ReceiptAnswer:
        """The receipt of an answer, a few seconds after it."""
        return cast(models.ReceiptAnswer, self._json(requests.receipt(inquiry)))

    def checkpoint(self, before: int | None = None) -> models.CheckpointAnswer:
        return cast(models.CheckpointAnswer, self._json(requests.checkpoint(before)))

    # -- how -----------------------------------------------------------------------------------
    def _json(self, call: Call, end_user: str | None = None) -> Any:
        return self._call(call, end_user).json()

    def _call(self, call: Call, end_user: str | None = None) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(call, end_user)
            except (httpx.TransportError, PimsError) as error:
                time.sleep(self._calls.wait_or_raise(error, attempt))

    def _once(self, call: Call, end_user: str | None) -> httpx.Response:
        if self._calls.needs_token:
            asked = self._calls.token_question()
            answer = self._http.request(
                asked.method, asked.url, headers=asked.headers, content=asked.body
            )
            self._calls.keep_token(self._calls.read(asked, answer).json())
        question = self._calls.question(
            call.method, call.path, query=call.query, body=call.body, end_user=end_user
        )
        answer = self._http.request(
            question.method, question.url, headers=question.headers, content=question.body
        )
        return self._calls.read(question, answer)
