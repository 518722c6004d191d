"""What happened to one person in custody, entry by entry, for the timeline of the person page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pims.authority import selectors as authority
from pims.custody.rules.returns import NEVER_LEFT
from pims.custody.selectors.episodes import EpisodeInfo, episodes
from pims.foundation.access.actor import Actor
from pims.kernel.asof import AsOf

# Ends by a discharge of the release room.
OF_THE_GATE = frozenset({"discharged", "released_in_error"})
# How an escort ends that nobody came back from.
NO_RETURN = frozenset(
    {
        "discharged_at_court",
        "died",
        "removed",
        "escaped",
        "released_in_error",
        "never_held",
        "transferred",
    }
)


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """`code` has its words in the wording of this room; `params` are what they need."""

    at: datetime
    code: str
    params: dict[str, object] = field(default_factory=dict)
    episode_id: int | None = None
    ends_at: datetime | None = None


def timeline(viewer: Actor, person_id: int, as_of: AsOf | None = None) -> list[TimelineFact]:
    """Everything of this room about the person, newest first. Raises NotFound."""
    bodies = {body.body_id: body.name for body in authority.bodies()}
    facts = [
        fact
        for episode in episodes(viewer, person_id, as_of)
        for fact in _of_episode(episode, bodies)
    ]
    return sorted(facts, key=lambda fact: fact.at, reverse=True)


def _of_episode(info: EpisodeInfo, bodies: Mapping[int, str]) -> list[TimelineFact]:
    episode = info.episode
    one = episode.episode_id

    def fact(
        at: datetime, code: str, *, ends_at: datetime | None = None, **params: object
    ) -> TimelineFact:
        return TimelineFact(at, f"custody.timeline_{code}", params, one, ends_at)

    found = [
        fact(
            episode.starts_at,
            f"received_{episode.reception_kind}",
            establishment=info.establishment,
        )
    ]
    if info.arrested_at is not None:
        found.append(fact(info.arrested_at, "arrested", place=info.arrest_place))
    found += [
        fact(r.received_at, "body_receipt", warrant=r.warrant_state, officer=r.handed_over_by)
        for r in info.receipts
    ]
    found += [
        fact(i.seen_at, "complaint" if i.complaint_of_ill_treatment else "injury")
        for i in info.injuries
    ]
    if info.admitted_at is not None and episode.admitted:
        found.append(fact(info.admitted_at, "admitted"))
    found += [
        fact(p.starts_at, "breached" if p.breach else "placed", ends_at=p.ends_at, place=p.place)
        for p in info.placements
    ]
    for e in info.escorts:
        to = e.destination or bodies.get(e.destination_body_id or 0, "—")
        if e.outcome in NEVER_LEFT:
            found.append(fact(e.left_at, "escort_did_not_leave", to=to))
            continue
        found.append(fact(e.left_at, f"escort_left_{e.kind}", ends_at=e.returned_at, to=to))
        if e.returned_at is not None and e.outcome not in NO_RETURN:
            found.append(fact(e.returned_at, "escort_returned", outcome=e.outcome))
    found += [fact(r.happened_at, f"court_{r.outcome}") for r in info.court_returns]
    for a in info.absences:
        if a.end_kind == "never_was":
            found.append(fact(a.starts_at, "escape_taken_back"))
            continue
        found.append(fact(a.starts_at, "escaped", ends_at=a.ends_at))
        if a.ends_at is not None:
            # Whose custody ended while at large did not come back for it.
            ended = a.end_kind == "custody_ended"
            what = "ended_at_large" if ended else "recaptured"
            found.append(fact(a.ends_at, what, kind=a.end_kind))
    if episode.ends_at is not None:
        to = "" if info.end is None else info.end.destination
        if episode.end_kind == "transferred" and to:
            found.append(fact(episode.ends_at, "transferred_to", to=to))
        else:
            found.append(fact(episode.ends_at, f"ended_{episode.end_kind}"))
    back = info.taken_back
    # A discharge that was taken back is told by the release room, with its page.
    if back is not None and back.taken_back_at is not None and back.kind not in OF_THE_GATE:
        reason = back.taken_back_reason
        found.append(fact(back.taken_back_at, "end_taken_back", reason=reason))
    return found
