"""An order recorded as written, with all that it does, in one change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import uuid4

from pims.authority.selectors import WarrantBrief
from pims.courts import events
from pims.courts.models import (
    Charge,
    CourtOrder,
    OrderDeed,
    OrderQuery,
    SecondReading,
    Sentence,
)
from pims.courts.rules.defects import in_order, to_ask_about
from pims.courts.rules.readings import due_at
from pims.courts.services.cases import set_charge_state
from pims.courts.services.common import (
    NAMES,
    NUMBER,
    PROSE,
    RECORD,
    body_of,
    join_case,
    line,
    locked_case,
    not_in_the_future,
    prose,
    reach,
    refuse_wrong,
)
from pims.courts.services.deeds import What, note
from pims.courts.services.freed import Freed, freed_by_default
from pims.courts.services.hearings import add_hearing, standing_hearing
from pims.courts.services.keyed import keyed_warrant, wrongly_keyed
from pims.courts.services.order_change import Reach, change_earlier, reach_of
from pims.courts.services.order_effects import CHARGE_STATES, Named, detain, free, worded
from pims.courts.services.order_facts import (
    Changed,
    Order,
    SentenceRow,
    about_each,
    charges_named,
    paper_reaches_to,
)
from pims.courts.services.order_inputs import (
    CourtOrderResult,
    OrderName,
    SentenceInput,
    written_dates,
    wrong_in,
)
from pims.courts.services.order_warrants import open_warrants, warrants_of
from pims.courts.wording import query_text
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.jurisdictions.holidays import is_closed
from pims.jurisdictions.offences import offences
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.people import selectors as people

_READER = Actor(user_id=0, name="", badge="", system=True)


@service
def record_court_order(
    tx: Transaction,
    *,
    establishment_id: int,
    kind: str,
    body_id: int,
    names: Sequence[OrderName],
    received_at: datetime,
    pronounced_at: datetime | None = None,
    case_id: int | None = None,
    charge_ids: Sequence[int] = (),
    reference: str = "",
    dated: date | None = None,
    as_written: str = "",
    defects: Sequence[str] = (),
    next_date: date | None = None,
    next_mode: str = "in_person",
    until: date | None = None,
    amount_cents: int | None = None,
    review_months: int | None = None,
    conditions: str = "",
    sureties: str = "",
    sentences: Sequence[SentenceInput] = (),
    changes_order_id: int | None = None,
    changes_reference: str = "",
    change: str = "",
    dates_as_written: Mapping[str, str] | None = None,
    scan: bytes | None = None,
) -> CourtOrderResult:
    """Record an order of a court as written, a row for each person it names, and what it does.

    One that detains or sentences becomes a warrant, one that frees a release order; what the gate
    or the desk keyed of this paper is that already. The earlier order that it changes falls, and a
    sentence with it. Whatever it contradicts is a defect, for which a query to the clerk of court
    is drafted, and stops nothing. `pronounced_at` is when it began to hold (None: when it was
    received). `dates_as_written` is what stands in a box for a day that no calendar has:
    ``{"until": "30 February 2027"}``. Another officer must read it again by noon of the next
    working day.

    Raises InvalidInput (no such kind, nobody named, received in the future, a figure that no row
    holds), NotFound (body, case, person) and NotPermitted.
    """
    tx.require(RECORD, establishment_id=establishment_id)
    person_ids = [name.person_id for name in names]
    reach(tx, RECORD, person_ids)
    own = people.joined_records(person_ids).keys()
    case = None if case_id is None else locked_case(tx, case_id, also={*own, *person_ids})
    tx.lock_persons({*own, *person_ids})
    refuse_wrong(
        wrong_in(
            kind=kind,
            names=names,
            sentences=sentences,
            defects=defects,
            change=change,
            amount_cents=amount_cents,
            review_months=review_months,
            dates_as_written=dates_as_written or {},
        )
        | not_in_the_future(tx, received_at=received_at, pronounced_at=pronounced_at)
    )
    refuse_wrong(wrongly_keyed(names, order_kinds()[kind]))
    written = Order(
        kind=order_kinds()[kind],
        body=body_of(body_id),
        establishment_id=establishment_id,
        received_at=received_at,
        reference=line("reference", reference, NUMBER),
        dated=dated,
        next_date=next_date,
        until=until,
        amount_cents=amount_cents,
        review_months=review_months,
        sureties=prose("sureties", sureties),
        conditions=prose("conditions", conditions),
        dates_as_written=written_dates(dates_as_written or {}),
        marked=frozenset(defects),
    )
    as_written = prose("as_written", as_written, PROSE)
    changes_reference = line("changes_reference", changes_reference, NUMBER)
    holds_from = pronounced_at or received_at
    headers = people.person_headers(_READER, person_ids, brief=True)
    about = about_each(
        written,
        person_ids,
        sentences=sentences,
        charges=charges_named(charge_ids, sentences),
        changes_order_id=changes_order_id,
        changes_reference=changes_reference,
        change=change,
        case_id=case_id,
        granted=[name.person_id for name in names if name.granted],
    )
    paper = uuid4()
    named: list[Named] = []
    changed: list[Changed | None] = []
    for name in names:
        read = about[name.person_id]
        order = CourtOrder(
            kind=kind,
            paper=paper,
            body_id=body_id,
            case=case,
            person_id=name.person_id,
            establishment_id=establishment_id,
            name_as_written=line("names", name.name_as_written, NAMES)
            or headers[name.person_id].display_name,
            reference=written.reference,
            dated=dated,
            received_at=received_at,
            holds_from=holds_from,
            as_written=as_written,
            dates_as_written=dict(written.dates_as_written),
            defects=list(read.defects),
            next_date=next_date,
            until=until,
            amount_cents=amount_cents,
            review_months=review_months,
            conditions=written.conditions,
            sureties=written.sureties,
            changes_id=None
            if read.changed is None or read.changed.order is None
            else read.changed.order.pk,
            change=change if change or read.changed is None else CourtOrder.Change.REPLACES,
            changes_as_written=changes_reference,
            recorded_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
        order.save()
        if read.changed is not None and read.changed.itself:
            order.changes_id = order.pk
        if read.charges:
            order.charges.set(read.charges.values())
        _keep_sentences(tx, order, read.sentences)
        named.append(_named(written, order, name, read.sentences, read.charges, read.changed))
        changed.append(read.changed)
        if case is not None:
            join_case(tx, case, name.person_id)
    _carry_out(tx, written, named, changed, as_written=as_written, scan=scan)
    for one in named:
        _settle_rows(tx, written, one, mode=next_mode)
    return CourtOrderResult(
        paper=paper,
        order_ids=tuple(one.order.pk for one in named),
        warrant_name_ids=tuple(one.order.warrant_name_id for one in named),
        release_order_ids=tuple(one.order.release_order_id for one in named),
        defects=in_order({code for one in named for code in one.order.defects}),
    )


def _keep_sentences(tx: Transaction, order: CourtOrder, rows: Sequence[SentenceRow]) -> None:
    kept = [
        Sentence.objects.create(
            order=order,
            person_id=order.person_id,
            recorded_by_id=tx.actor.user_id,
            **row.values,
        )
        for row in rows
    ]
    for sentence, row in zip(kept, rows, strict=True):
        if row.follows is not None:
            sentence.consecutive_to_id = kept[row.follows - 1].pk
            sentence.save(update_fields=["consecutive_to"])


def _named(
    written: Order,
    order: CourtOrder,
    name: OrderName,
    rows: Sequence[SentenceRow],
    charges: Mapping[int, Charge],
    about: Changed | None,
) -> Named:
    """What the order is to the authority room about this person."""
    earlier = about.order if about is not None and about.applies else None
    frees = written.kind.effect is Effect.FREES
    found = open_warrants if frees else _all_warrants
    names_any = name.warrant_name_ids or name.keyed_warrant_name_id or earlier is not None
    held = found(name.person_id, order.establishment_id) if names_any else {}
    concerned = [i for i in name.warrant_name_ids if i in held]
    keyed = keyed_warrant(name, written.kind)
    if keyed is None and name.keyed_warrant_name_id in held and name.keyed_warrant_name_id:
        # What was keyed is of another kind, or was but told of: the paper takes its place.
        concerned.append(name.keyed_warrant_name_id)
    if name.keyed_release_order_id is not None:
        order.release_order_id = name.keyed_release_order_id
    reach = None if earlier is None else reach_of(order.kind, charges, earlier)
    if frees and earlier is not None and reach is not None and earlier.warrant_name_id in held:
        _mark(order, _beyond(concerned, earlier, reach))
        if reach.whole and earlier.warrant_name_id:
            concerned.append(earlier.warrant_name_id)
    if reach is not None and reach.unclear:
        _mark(order, "changes_in_part_unclear")
    freed = Freed()
    if frees and order.release_order_id is None and not concerned and not name.ends_all:
        if reach is None or reach.whole:
            # It names an order, and this person's record has none such.
            unknown = earlier is None and bool(order.changes_as_written)
            freed = freed_by_default(order, written.kind, charges.keys(), names_unknown=unknown)
        concerned = list(freed.warrant_name_ids)
        _mark(order, "" if concerned else "frees_from_nothing_known")
    until = written.until
    if until is None and written.kind.effect is Effect.SENTENCE:
        until = paper_reaches_to(rows, name.person_id)
    labels = offences()
    said = [
        one.as_written or labels[one.offence_code].label["en"]
        for one in charges.values()
        if one.as_written or one.offence_code in labels
    ]
    return Named(
        order,
        until,
        "; ".join(said),
        tuple(dict.fromkeys(concerned)),
        name.ends_all,
        keyed,
        freed.in_doubt,
    )


def _all_warrants(person_id: int, establishment_id: int) -> dict[int, WarrantBrief]:
    """Those that have ended too: two entries of one paper take the place of the same."""
    return warrants_of(person_id)


def _beyond(concerned: Sequence[int], earlier: CourtOrder, reach: Reach) -> str:
    """The defect of an order that frees from a paper of which a sentence stands on."""
    freed = earlier.warrant_name_id in concerned and not reach.whole
    return "frees_more_than_it_names" if freed else ""


def _mark(order: CourtOrder, defect: str) -> None:
    order.defects = list(in_order({*order.defects, *([defect] if defect else [])}))


def _carry_out(
    tx: Transaction,
    written: Order,
    named: Sequence[Named],
    changed: Sequence[Changed | None],
    *,
    as_written: str,
    scan: bytes | None,
) -> None:
    effect = written.kind.effect
    for one, about in zip(named, changed, strict=True):
        if about is not None and about.applies and about.order is not None:
            charge_ids = list(one.order.charges.values_list("pk", flat=True))
            change_earlier(tx, one.order, about.order, charge_ids=charge_ids)
    if effect in (Effect.DETAINS, Effect.SENTENCE):
        starts_at = named[0].order.holds_from
        detain(tx, written, named, starts_at=starts_at, as_written=as_written, scan=scan)
    elif effect is Effect.FREES:
        for one in named:
            free(tx, written, one, as_written=as_written, scan=scan)
    elif scan is not None:
        person_id = named[0].order.person_id
        blob = store_file(
            tx, person_id=person_id, kind="court_order_scan", data=scan, media_type=None
        )
        for one in named:
            one.order.scan_blob_id = blob.blob_id


def _settle_rows(tx: Transaction, written: Order, one: Named, *, mode: str) -> None:
    """The rest of one order: charges, hearing, query, second reading, and the entry of it all."""
    order = one.order
    order.save()
    state = CHARGE_STATES.get(order.kind)
    if state is not None:
        for charge in order.charges.select_related("case"):
            before = {"state": charge.state, "decided_on": charge.decided_on}
            set_charge_state(
                tx, charge, state=state, decided_on=order.dated or written.received_on,
                order_id=order.pk,
            )  # fmt: skip
            after = {"state": charge.state, "decided_on": charge.decided_on}
            note(tx, order, What.DECIDED_CHARGE, charge.pk, before=before, after=after)
    if order.next_date is not None:
        _next_hearing(tx, written, order, mode)
    asked = to_ask_about(order.defects)
    if one.keyed is not None:
        # Whoever keyed the warrant read the same paper; what is on record beside it is seen here.
        asked = tuple(code for code in asked if code == "revokes_nothing_known")
    if asked and (order.warrant_name_id is None or one.keyed is not None):
        OrderQuery.objects.create(
            order=order,
            text=query_text(
                body=written.body.name,
                reference=order.reference,
                defects=worded(asked, tx.actor.language),
                language=tx.actor.language,
            ),
            drafted_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
    reading = SecondReading.objects.create(
        order=order,
        person_id=order.person_id,
        due_at=due_at(tx.now, facilities.time_zone(order.establishment_id), is_closed=is_closed),
    )
    tx.record(
        events.OrderRecorded(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
            order_kind=order.kind,
            effect=written.kind.effect.value,
            defects=tuple(order.defects),
            sentence_ids=tuple(order.sentences.order_by("position").values_list("pk", flat=True)),
            warrant_name_id=order.warrant_name_id,
            release_order_id=order.release_order_id,
            changes_order_id=order.changes_id,
            reading_due_at=reading.due_at.isoformat(),
        ),
        details={
            "name_as_written": order.name_as_written,
            "reference": order.reference,
            "as_written": order.as_written,
            "dated": order.dated,
            "next_date": order.next_date,
            "until": order.until,
            "dates_as_written": order.dates_as_written,
            "conditions": order.conditions,
            "sureties": order.sureties,
        },
    )


def _next_hearing(tx: Transaction, written: Order, order: CourtOrder, mode: str) -> None:
    """The day that the order names stands in the diary, once."""
    if order.next_date is None:
        return
    found = standing_hearing(
        order.person_id, body_id=order.body_id, on=order.next_date, case_id=order.case_id
    )
    if found is None:
        made = add_hearing(
            tx,
            establishment_id=order.establishment_id,
            person_id=order.person_id,
            body=written.body,
            on=order.next_date,
            mode=mode,
            case=order.case,
            warrant_name_id=order.warrant_name_id,
        )
        note(tx, order, What.MADE_HEARING, made.pk)
        return
    if OrderDeed.objects.filter(what=What.MADE_HEARING, target_id=found.pk).exists():
        note(tx, order, What.MADE_HEARING, found.pk)
    if found.warrant_name_id is None and order.warrant_name_id is not None:
        found.warrant_name_id = order.warrant_name_id
        found.version += 1
        found.save(update_fields=["warrant_name", "version"])
