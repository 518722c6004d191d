"""Silence noticed on this side: an agency that takes nothing, and a courier that sends nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.exchange.feed import heartbeat
from pims.exchange.models import Cursor, Endpoint, EndpointState, Listening
from pims.exchange.selectors import VersionInfo, in_force
from pims.exchange.services.common import end_everywhere, raise_at
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command, Transaction, service

SILENT, STOPPED = "agency_silent", "deliveries_stopped"
# Where nothing was agreed: an hour, which is working practice to be confirmed.
MINUTES = 60
KEY = "courier"


@dataclass(frozen=True, slots=True)
class Heard:
    """When an agency was last heard of under an agreement, and how long it may be silent."""

    version: VersionInfo
    heard_at: datetime | None
    minutes: int

    def silent_since(self, now: datetime) -> datetime | None:
        """Since when it has been silent for too long; None where it has not."""
        since = self.heard_at or self.version.starts_at
        if since is None or now - since <= timedelta(minutes=self.minutes):
            return None
        return since


@dataclass(frozen=True, slots=True)
class Watched:
    silent: int
    stopped: bool


def heard(versions: Sequence[VersionInfo]) -> list[Heard]:
    """What was heard of each: that it read, or acknowledged, the feed, or took a heartbeat.

    A constant number of queries.
    """
    ids = [one.agreement_id for one in versions]
    minutes = dict(
        Listening.objects.filter(agreement_id__in=ids).values_list("agreement_id", "minutes")
    )
    cursors = {row.agreement_id: row for row in Cursor.objects.filter(agreement_id__in=ids)}
    states = EndpointState.objects.filter(endpoint__agreement_id__in=ids).exclude(
        endpoint__state=Endpoint.State.ENDED
    )
    beats = dict(states.values_list("endpoint__agreement_id", "beat_at"))
    return [
        Heard(
            one,
            _latest(
                beats.get(one.agreement_id),
                *(
                    (row.seen_at, row.acknowledged_at)
                    if (row := cursors.get(one.agreement_id))
                    else ()
                ),
            ),
            minutes.get(one.agreement_id, MINUTES),
        )
        for one in versions
    ]


@service
def watch_silence(tx: Transaction) -> Watched:
    """Raise and end the alarms of silence. Raises NotPermitted."""
    tx.require("assurance.sweep")
    told = [one for one in in_force() if one.terms.events]
    standing = heard(told)
    silent = 0
    for one in standing:
        # Whoever only tries things out may stop at any time: nobody waits for what they were told.
        since = None if one.version.sandbox else one.silent_since(tx.now)
        key = f"agreement-{one.version.agreement_id}"
        if since is None:
            end_everywhere(tx, kind=SILENT, key=key)
            continue
        silent += 1
        _raise(tx, SILENT, key, since, agency=one.version.agency_name)
    last = heartbeat.latest()
    stopped = last is not None and tx.now - last.at > heartbeat.SILENT_AFTER
    # What happened before anybody was to be told is late for nobody.
    first = min((one.starts_at for one in told if one.starts_at is not None), default=None)
    upto = None if last is None else max(last.upto, first or last.upto)
    behind = upto is not None and tx.now - upto > heartbeat.SILENT_AFTER
    if last is not None and (stopped or behind):
        _raise(tx, STOPPED, KEY, last.at if stopped else upto or last.upto)
    else:
        end_everywhere(tx, kind=STOPPED, key=KEY)
    return Watched(silent, stopped or behind)


def watch() -> Watched:
    """As the system itself: what runs by the clock."""
    return watch_silence(Command(system_actor()))


def _raise(tx: Transaction, kind: str, key: str, since: datetime, **params: object) -> None:
    raise_at(tx, kind=kind, key=key, since=since, establishment_id=None, params=params)


def _latest(*instants: datetime | None) -> datetime | None:
    known: Iterable[datetime] = (one for one in instants if one is not None)
    return max(known, default=None)
