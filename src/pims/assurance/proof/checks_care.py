"""What is owed to the person: a place fit for the age, a consul, a lawyer, and being seen."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from pims.assurance.proof.days import day_of, grown_up_on, start_of
from pims.assurance.proof.kinds import fault_kinds
from pims.assurance.proof.look import Fault, Look
from pims.assurance.proof.made import made_at

# ISO 3166 has none for them: not known, stateless.
_NO_COUNTRY = frozenset({"ZZ", "XX"})


@cache
def periods() -> Mapping[str, timedelta]:
    """The periods of `periods.toml`, by their names without the unit."""
    text = (files("pims.assurance.proof") / "periods.toml").read_text("utf-8")
    found = {}
    for name, count in tomllib.loads(text).items():
        what, _sep, unit = name.rpartition("_")
        found[what] = timedelta(**{unit: count})
    return found


def _day(at: datetime, look: Look) -> str:
    return day_of(at, look.history.zone).isoformat()


def _reference(kind: str) -> str:
    return fault_kinds()[kind].reference


def _among_adults(look: Look) -> Iterator[Fault]:
    grown = _grown_up(look)
    if grown is None and not look.history.juvenile_until_decided:
        return
    kind = "juvenile_among_adults"
    for placement in look.history.placements:
        if placement.unit_kind != "adults" or placement.begins >= look.as_of:
            continue
        stops = [at for at in (placement.ends, grown) if at is not None and at <= look.as_of]
        stop = min(stops, default=None)
        if placement.begins < (look.as_of if stop is None else stop):
            yield Fault(kind, placement.begins, stop, (), {}, _reference(kind))


def _among_juveniles(look: Look) -> Iterator[Fault]:
    grown = _grown_up(look)
    if grown is None or grown > look.as_of or look.custody_now is None:
        return
    for placement in look.history.placements:
        now = placement.begins <= look.as_of and (
            placement.ends is None or placement.ends > look.as_of
        )
        if now and placement.unit_kind == "juveniles":
            params = {"day": day_of(grown, look.history.zone).isoformat()}
            since = max(grown, placement.begins)
            yield Fault("turned_18", since, None, (), params, _reference("turned_18"))


def _grown_up(look: Look) -> datetime | None:
    """The first instant at which the person is 18; None where that is not known or not settled."""
    born = look.history.born_on
    if born is None or look.history.juvenile_until_decided:
        return None
    return start_of(grown_up_on(born), look.history.zone)


def _consul(look: Look) -> Iterator[Fault]:
    if look.inside_since is None or not look.law.home:
        return
    countries = set(look.history.nationalities) - _NO_COUNTRY
    if not countries or look.law.home in countries or _told_of_this_custody(look):
        return
    if look.as_of - look.inside_since > periods()["consul_within"]:
        kind = "consul_not_told"
        params = {"nationalities": sorted(countries)}
        yield Fault(kind, look.inside_since, None, (), params, _reference(kind))


def _told_of_this_custody(look: Look) -> bool:
    told, since = look.history.consul_told_at, look.inside_since
    if told is None or since is None or told > look.as_of:
        return False
    before = [c.ends for c in look.history.custody if c.ends is not None and c.ends < since]
    return told >= max([since - periods()["consul_before"], *before])


def _matter_since(look: Look) -> datetime | None:
    """Since when held, unsentenced, on the cases that hold now; None where that is not so.

    A lawyer of a case that is closed is none in this one. Papers without a case tell of no other.
    """
    since = look.unsentenced_since
    cases = {order.case for order in look.relied_on}
    if since is None or not cases or "" in cases:
        return since
    made = [made_at(one, look.history.zone) for one in look.history.orders if one.case in cases]
    return max(since, min((at for at in made if at is not None), default=since))


def _lawyer(look: Look) -> Iterator[Fault]:
    since = _matter_since(look)
    if since is None:
        return
    said, at = look.history.lawyer, look.history.lawyer_said_at
    if at is not None and (at > look.as_of or at < since - periods()["lawyer_before"]):
        # Not said yet, or said of an earlier matter.
        said, at = "unknown", None
    if said == "known" or (said == "declined" and at is None):
        return
    due, begins = since + periods()["lawyer_within"], since
    if said != "unknown" and at is not None:
        due = begins = at + periods()["lawyer_asked_again"]
    if look.as_of > due:
        again = {} if at is None else {"variant": "again", "day": _day(at, look)}
        yield Fault("no_lawyer", begins, None, (), again, _reference("no_lawyer"))


def _seen(look: Look) -> Iterator[Fault]:
    last = look.history.last_recorded_at
    if look.inside_since is None or last is None:
        return
    since = max(last, look.inside_since)
    if look.as_of - since > periods()["seen_within"]:
        params = {"day": day_of(since, look.history.zone).isoformat()}
        yield Fault("nothing_recorded", since, None, (), params, _reference("nothing_recorded"))


CHECKS = (_among_adults, _among_juveniles, _consul, _lawyer, _seen)
