"""The calls of PIMS for asyncio: as `client` has them, awaited."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
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


class AsyncClient:
    """One connection to PIMS for one agency and purpose. An asynchronous context manager; tasks
    may share it.

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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._calls = Calls(credentials, purpose, end_user, check_answers, retries or Retries())
        self._http = (
            httpx.AsyncClient(transport=transport, timeout=TIMEOUT)
            if transport is not None
            else httpx.AsyncClient(verify=credentials.tls(), timeout=TIMEOUT)
        )

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # -- about one person ----------------------------------------------------------------------
    async def person(self, number: str, *, end_user: str | None = None) -> models.PersonAnswer:
        """Who it is and whether in custody. NothingForYou does not mean free."""
        return cast(models.PersonAnswer, await self._json(requests.person(number), end_user))

    async def custody(self, number: str, *, end_user: str | None = None) -> models.CustodyAnswer:
        found = await self._json(requests.about(number, "custody"), end_user)
        return cast(models.CustodyAnswer, found)

    async def history(self, number: str, *, end_user: str | None = None) -> models.HistoryAnswer:
        found = await self._json(requests.about(number, "custody/history"), end_user)
        return cast(models.HistoryAnswer, found)

    async def hearings(self, number: str, *, end_user: str | None = None) -> models.HearingsAnswer:
        found = await self._json(requests.about(number, "hearings"), end_user)
        return cast(models.HearingsAnswer, found)

    async def dates(self, number: str, *, end_user: str | None = None) -> models.DatesAnswer:
        return cast(models.DatesAnswer, await self._json(requests.about(number, "dates"), end_user))

    async def photographs(
        self, number: str, *, end_user: str | None = None
    ) -> models.PhotographsAnswer:
        found = await self._json(requests.about(number, "photographs"), end_user)
        return cast(models.PhotographsAnswer, found)

    async def photograph(
        self, number: str, photograph_id: str, *, end_user: str | None = None
    ) -> tuple[str, bytes]:
        """The kind of picture, such as ``image/jpeg``, and its bytes."""
        answer = await self._call(requests.photograph(number, photograph_id), end_user)
        return answer.headers.get("content-type", ""), answer.content

    # -- searches ------------------------------------------------------------------------------
    async def search_name(
        self, family_name: str, given_name: str, birth_date: date, *, end_user: str | None = None
    ) -> models.SearchAnswer:
        asked = requests.search_name(family_name, given_name, birth_date)
        return cast(models.SearchAnswer, await self._json(asked, end_user))

    async def search_document(
        self, kind: str, number: str, *, end_user: str | None = None
    ) -> models.SearchAnswer:
        found = await self._json(requests.search_document(kind, number), end_user)
        return cast(models.SearchAnswer, found)

    async def search_list(
        self, numbers: Sequence[str], *, end_user: str | None = None
    ) -> models.SearchAnswer:
        """At most 100 numbers."""
        return cast(models.SearchAnswer, await self._json(requests.search_list(numbers), end_user))

    async def search_fingerprint(
        self, record: bytes, *, form: str = "fmr", end_user: str | None = None
    ) -> models.SearchAnswer:
        """`form` is ``fmr`` (ISO/IEC 19794-2, ANSI/INCITS 378) or ``ansi_nist``."""
        found = await self._json(requests.search_fingerprint(record, form), end_user)
        return cast(models.SearchAnswer, found)

    # -- lists ---------------------------------------------------------------------------------
    async def production(
        self, day: date, *, court: str | None = None, end_user: str | None = None
    ) -> models.ProductionAnswer:
        found = await self._json(requests.production(day, court), end_user)
        return cast(models.ProductionAnswer, found)

    async def roll(
        self, *, establishment: str | None = None, end_user: str | None = None
    ) -> models.RollAnswer:
        return cast(models.RollAnswer, await self._json(requests.roll(establishment), end_user))

    async def statistics(
        self, *, indicator: str | None = None, period: date | None = None
    ) -> models.StatisticsAnswer:
        asked = {"indicator": indicator, "period": period and period.isoformat()}
        return cast(models.StatisticsAnswer, await self._json(requests.statistics(asked)))

    # -- the feed ------------------------------------------------------------------------------
    async def feed(self, after: int = 0, *, limit: int = 500) -> models.FeedAnswer:
        """Events after a position. Raises StartOver where they are no longer kept."""
        return cast(models.FeedAnswer, await self._json(requests.feed(after, limit)))

    async def acknowledge(self, position: int) -> models.AcknowledgeAnswer:
        found = await self._json(requests.acknowledge(position))
        return cast(models.AcknowledgeAnswer, found)

    async def snapshot(self, *, persons: int = 500) -> AsyncIterator[models.SnapshotAnswer]:
        """Every page; the first one's `position` is where the feed goes on."""
        page: str | None = None
        while True:
            found = cast(models.SnapshotAnswer, await self._json(requests.snapshot(page, persons)))
            yield found
            if not found["more"]:
                return
            page = str(found["inquiry"])

    # -- what is sent --------------------------------------------------------------------------
    async def send(
        self, message: Mapping[str, Any], *, end_user: str | None = None
    ) -> models.MessageReceipt:
        """Send an order, a list, an arrest. The same `message_id` again does nothing again."""
        return cast(models.MessageReceipt, await self._json(requests.send(message), end_user))

    async def message_status(self, message_id: str) -> models.MessageStatus:
        found = await self._json(requests.message_status(message_id))
        return cast(models.MessageStatus, found)

    # -- proofs --------------------------------------------------------------------------------
    async def receipt(self, inquiry: UUID | str) -> models.ReceiptAnswer:
        """The receipt of an answer, a few seconds after it."""
        return cast(models.ReceiptAnswer, await self._json(requests.receipt(inquiry)))

    async def checkpoint(self, before: int | None = None) -> models.CheckpointAnswer:
        return cast(models.CheckpointAnswer, await self._json(requests.checkpoint(before)))

    # -- how -----------------------------------------------------------------------------------
    async def _json(self, call: Call, end_user: str | None = None) -> Any:
        return (await self._call(call, end_user)).json()

    async def _call(self, call: Call, end_user: str | None = None) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(call, end_user)
            except (httpx.TransportError, PimsError) as error:
                await asyncio.sleep(self._calls.wait_or_raise(error, attempt))

    async def _once(self, call: Call, end_user: str | None) -> httpx.Response:
        if self._calls.needs_token:
            asked = self._calls.token_question()
            answer = await self._http.request(
                asked.method, asked.url, headers=asked.headers, content=asked.body
            )
            self._calls.keep_token(self._calls.read(asked, answer).json())
        question = self._calls.question(
            call.method, call.path, query=call.query, body=call.body, end_user=end_user
        )
        answer = await self._http.request(
            question.method, question.url, headers=question.headers, content=question.body
        )
        return self._calls.read(question, answer)
