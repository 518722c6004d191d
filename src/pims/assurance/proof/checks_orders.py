"""What is amiss with the orders themselves, and with leaving while one still holds."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pims.assurance.proof.cuts import concerns, on_ended_charges, releases
from pims.assurance.proof.days import day_of, end_of
from pims.assurance.proof.history import Order
from pims.assurance.proof.kinds import fault_kinds
from pims.assurance.proof.look import Fault, Look
from pims.assurance.proof.made import RELEASE_WITHIN, made_at
from pims.assurance.proof.reaches import ONLY_ALONE, Reach, reaches
from pims.jurisdictions.order_kinds import Effect

# Kinds of release after which nobody is held on the same charge without a new case.
_FINAL = frozenset({"acquittal", "charge_withdrawn", "discharge"})

# How long a journey between two places may take.
ARRIVES_WITHIN = timedelta(hours=24)


def _reference(kind: str) -> str:
    return fault_kinds()[kind].reference


def _flawed(look: Look) -> Iterator[Fault]:
    """Orders that prove nothing, for as long as somebody is held while they seem to hold."""
    spans: dict[tuple[str, str], list[Reach]] = {}
    for reach in look.reaches:
        # The others are told with the gaps, where nothing else holds.
        if reach.flaw and reach.flaw not in ONLY_ALONE:
            spans.setdefault((reach.flaw, reach.order_id), []).append(reach)
    for (flaw, order_id), parts in spans.items():
        begins = min(part.begins for part in parts)
        last = [part.ends for part in parts]
        ends = None if None in last else max(at for at in last if at is not None)
        if ends is not None and ends <= begins:
            continue
        for since, until in look.in_custody(begins, ends):
            yield _flaw(flaw, look.orders[order_id], since, until, look)


def _flaw(flaw: str, order: Order, since: datetime, until: datetime | None, look: Look) -> Fault:
    params: dict[str, object] = {"orders": [order.order_id]}
    reference = _reference(flaw)
    if flaw == "court_without_power":
        params["court"] = order.court
        power = look.law.powers.get(look.law.court_kind(order.court, order.court_kind))
        reference = (power.citation if power else "") or reference
    elif flaw == "court_unknown":
        params["court"] = order.court or "—"
    elif flaw == "sentence_of_another":
        known = {one.sentence_id for one in look.history.sentences}
        linked = next(
            one
            for one in sorted(look.history.sentences, key=lambda one: one.sentence_id)
            if one.order_id == order.order_id and one.follows and one.follows not in known
        )
        params |= {"sentence": linked.sentence_id, "follows": linked.follows}
    return Fault(flaw, since, until, (order.order_id,), params, reference)


def _as_written(look: Look) -> Iterator[Fault]:
    """What the paper lacks or has too much of, while the person is inside."""
    if look.inside_since is None:
        return
    relied = {order.order_id for order in look.relied_on}
    for order in look.history.orders:
        if order.state != "stands":
            continue
        ids, orders = (order.order_id,), {"orders": [order.order_id]}
        made = made_at(order, look.history.zone)
        since = max(look.inside_since, made or look.inside_since)
        effect = look.law.effect(order.kind)
        if since > look.as_of:
            continue
        if effect is None:
            params = {**orders, "order_kind": order.kind}
            yield Fault("order_kind_unknown", since, None, ids, params)
            continue
        if made is None:
            yield Fault("order_undated", since, None, ids, orders)
        if order.changes and order.changes not in look.orders:
            params = {**orders, "changes": order.changes}
            yield Fault("changes_an_order_elsewhere", since, None, ids, params)
        ability = look.law.ability(look.law.court_kind(order.court, order.court_kind), order.kind)
        if ability == "doubtful" and order.order_id in relied:
            params = {**orders, "court": order.court}
            kind = "court_power_in_doubt"
            yield Fault(kind, since, None, ids, params, _reference(kind))
        elif ability == "cannot" and effect is Effect.FREES and made and made >= since:
            yield _flaw("court_without_power", order, since, None, look)


def _contradictions(look: Look) -> Iterator[Fault]:
    """Two orders of one case that stand and cannot both be so; and one that changes what was made
    after it. Of many that speak against an order the first is enough for somebody to look."""
    made: dict[str, datetime] = {}
    by_case: dict[str, list[Order]] = {}
    for order in look.history.orders:
        begins = made_at(order, look.history.zone)
        if order.state == "stands" and begins is not None:
            made[order.order_id] = begins
            if order.case:
                by_case.setdefault(order.case, []).append(order)
    for order_id, at in made.items():
        one = look.orders[order_id]
        later = made.get(one.changes)
        if later is not None and later > at:
            yield from _contradiction(one, look.orders[one.changes], later, look)
    for several in by_case.values():
        several.sort(key=lambda order: (made[order.order_id], order.order_id))
        final: list[Order] = []
        of_day: dict[date | None, list[Order]] = {}
        for other in several:
            same_day = of_day.setdefault(other.dated, [])
            against = (one for one in (*final, *same_day) if _exclude(one, other, look))
            if (first := next(against, None)) is not None:
                yield from _contradiction(first, other, made[other.order_id], look)
            same_day.append(other)
            kind = look.law.kinds.get(other.kind)
            if kind is not None and kind.release in _FINAL:
                final.append(other)


def _contradiction(one: Order, other: Order, since: datetime, look: Look) -> Iterator[Fault]:
    ids = tuple(sorted((one.order_id, other.order_id)))
    over = [at for at in (_ends(one, look), _ends(other, look)) if at is not None]
    for begin, end in look.in_custody(since, min(over, default=None)):
        yield Fault("orders_contradict", begin, end, ids, {"orders": list(ids)})


def _exclude(one: Order, other: Order, look: Look) -> bool:
    """`one` was made first, or on the same day."""
    if other.changes == one.order_id or one.changes == other.order_id:
        return False
    first, second = look.law.kinds.get(one.kind), look.law.kinds.get(other.kind)
    if first is None or second is None:
        return False
    same_day = one.dated is not None and one.dated == other.dated
    if look.holds(other) and first.release in _FINAL:
        return _overlap(one, other)
    if look.holds(one) and second.release in _FINAL:
        return same_day and _overlap(one, other)
    if not (same_day and one.kind == other.kind and look.holds(one)):
        return False
    if first.effect is Effect.SENTENCE and not set(one.charges) & set(other.charges):
        return False
    written = (one.until, one.next_date, one.amount_cents, one.new_dates)
    differ = written != (other.until, other.next_date, other.amount_cents, other.new_dates)
    return differ and _overlap(one, other)


def _overlap(one: Order, other: Order) -> bool:
    """Whether they speak of the same charge; a paper that names none may speak of all."""
    return not one.charges or not other.charges or bool(set(one.charges) & set(other.charges))


def _ends(order: Order, look: Look) -> datetime | None:
    """When it no longer holds anybody; None where nothing ends it, or where it never did."""
    ends = [r.ends for r in look.reaches if r.order_id == order.order_id and not r.mark]
    return None if None in ends else max((at for at in ends if at is not None), default=None)


def _discharged(look: Look) -> Iterator[Fault]:
    """Let go while orders that were known went on holding beyond that day, or would have but for
    an order to set free of a court that cannot."""
    powerless = [one for one in releases(look.history, look.law) if not _could(one.order, look)]
    but = frozenset(one.order.order_id for one in powerless)
    kept = [one for one in look.history.orders if one.order_id not in but]
    without = reaches(replace(look.history, orders=kept), look.law) if powerless else ()
    for custody, again in _let_go(look):
        open_ = _went_on(look.reaches, custody.ends, look)
        if open_:
            yield _left("discharged_with_order_open", custody, again, open_, (), look)
            continue
        held = _went_on(without, custody.ends, look)
        by_then = [
            one for one in powerless
            if (made := made_at(one.order, look.history.zone)) and made <= custody.ends
        ]  # fmt: skip
        if held and by_then:
            freed = [
                one.order
                for one in by_then
                if any(concerns(one, look.orders[reach.order_id], look.law) for reach in held)
            ]
            papers = freed or [one.order for one in by_then]
            yield _left("freed_without_power", custody, again, held, papers, look)


def _could(release: Order, look: Look) -> bool:
    court = look.law.court_kind(release.court, release.court_kind)
    return look.law.ability(court, release.kind) != "cannot"


@dataclass(frozen=True, slots=True)
class _Gone:
    begins: datetime
    ends: datetime


def _let_go(look: Look) -> Iterator[tuple[_Gone, datetime | None]]:
    """Each custody that ended by letting go, with the beginning of the one after it."""
    begun = sorted(custody.begins for custody in look.history.custody)
    for custody in look.history.custody:
        out = custody.ends
        if out is None or out > look.as_of or custody.end_kind not in ("", "discharged"):
            continue
        place = bisect_left(begun, out)
        again = begun[place] if place < len(begun) else None
        if again != out:
            yield _Gone(custody.begins, out), again


def _went_on(found: Sequence[Reach], out: datetime, look: Look) -> list[Reach]:
    enough = end_of(day_of(out, look.history.zone), look.history.zone) + RELEASE_WITHIN
    return [one for one in found if _goes_on(one, out, enough, look)]


def _left(
    kind: str,
    gone: _Gone,
    again: datetime | None,
    open_: Sequence[Reach],
    freed: Sequence[Order],
    look: Look,
) -> Fault:
    ends = [one.ends for one in open_]
    last = None if None in ends else max(at for at in ends if at is not None)
    over = [at for at in (last, again) if at is not None and at <= look.as_of]
    ids = tuple(sorted({one.order_id for one in freed or ()} or {one.order_id for one in open_}))
    params: dict[str, object] = {"orders": list(ids)}
    if freed:
        params["court"] = freed[0].court
    return Fault(kind, gone.ends, min(over, default=None), ids, params, _reference(kind))


def _goes_on(reach: Reach, out: datetime, enough: datetime, look: Look) -> bool:
    if reach.flaw or not reach.holds or reach.begins > out:
        return False
    received = look.orders[reach.order_id].received_at
    known = received is None or received <= out
    return known and (reach.ends is None or reach.ends > enough)


def _lost(look: Look) -> Iterator[Fault]:
    """Sent to another place, and received at none."""
    begun = sorted(custody.begins for custody in look.history.custody)
    for custody in look.history.custody:
        out = custody.ends
        if out is None or custody.end_kind != "transferred":
            continue
        place = bisect_left(begun, out)
        again = begun[place] if place < len(begun) and begun[place] <= look.as_of else None
        if (again or look.as_of) - out > ARRIVES_WITHIN:
            kind = "transferred_nowhere"
            params = {"day": day_of(out, look.history.zone).isoformat()}
            yield Fault(kind, out, again, (), params, _reference(kind))


def _on_ended_charges(look: Look) -> Iterator[Fault]:
    """Relied on, and each of its charges came to nothing on a day that nobody has said."""
    charges = {one.charge_id: one for one in look.history.charges}
    for order in look.relied_on:
        if not on_ended_charges(order, charges, look.law):
            continue
        if all(charges[one].decided_on is not None for one in order.charges):
            continue
        made = made_at(order, look.history.zone)
        assert made is not None  # it is relied on
        assert look.inside_since is not None
        kind, ids = "charges_ended_undated", (order.order_id,)
        since = max(made, look.inside_since)
        yield Fault(kind, since, None, ids, {"orders": list(ids)}, _reference(kind))


def _ends_nothing(look: Look) -> Iterator[Fault]:
    """An order to set free that came while somebody was inside, and of which nothing in the record
    tells what it is about."""
    if look.inside_since is None or not look.relied_on:
        return
    made = {order.order_id: made_at(order, look.history.zone) for order in look.history.orders}
    held = [one for one in look.history.orders if look.holds(one)]
    for release in releases(look.history, look.law):
        effect = release.effect
        if not look.inside_since <= effect <= look.as_of:
            continue
        earlier = {one for one, at in made.items() if at is not None and at < effect}
        if not any(order.order_id in earlier for order in look.relied_on):
            continue
        if any(one.order_id in earlier and concerns(release, one, look.law) for one in held):
            continue
        if not _of_a_known_matter(release.order, look):
            kind, ids = "release_ends_nothing", (release.order.order_id,)
            yield Fault(kind, effect, None, ids, {"orders": list(ids)}, _reference(kind))


def _of_a_known_matter(release: Order, look: Look) -> bool:
    """Whether it is about something of the person's that nobody is held for."""
    history = look.history
    if release.changes:
        return release.changes in look.orders
    if release.charges:
        return set(release.charges) <= {one.charge_id for one in history.charges}
    matters = (
        *(one.case for one in history.charges),
        *(one.case for one in history.hearings),
        *(o.case for o in history.orders if look.law.effect(o.kind) is not Effect.FREES),
    )
    return bool(release.case) and release.case in matters


def _readings(look: Look) -> Iterator[Fault]:
    if look.custody_now is None:
        return
    for order in look.history.orders:
        reading = order.reading
        if reading is None or order.state != "stands":
            continue
        ids = (order.order_id,)
        params: dict[str, object] = {"orders": list(ids)}
        if reading.read_at is None or reading.read_at > look.as_of:
            if reading.due < look.as_of:
                kind = "second_reading_late"
                yield Fault(kind, reading.due, None, ids, params, _reference(kind))
        elif reading.differs and (reading.settled_at is None or reading.settled_at > look.as_of):
            kind = "second_reading_differs"
            params["fields"] = list(reading.differs)
            yield Fault(kind, reading.read_at, None, ids, params, _reference(kind))


CHECKS = (
    _flawed, _as_written, _contradictions, _discharged, _lost, _on_ended_charges, _ends_nothing,
    _readings,
)  # fmt: skip
