"""Gathering the facts that the alarms look at, from the rooms below: a constant number of reads."""

from collections.abc import Iterable, Mapping

from pims.assurance.rules import CustodyFacts, DueAlarm, ReleaseFacts
from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.custody.selectors.births import births_in_doubt
from pims.custody.selectors.standing import Standing, standing
from pims.facilities import selectors as facilities
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.release import selectors as release
from pims.release.selectors import signatures
from pims.release.selectors.preparations import dates_that_differ


def collect_facts(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> tuple[list[CustodyFacts], list[ReleaseFacts]]:
    """The open episodes and the open discharges, of one establishment or of some persons."""
    only = None if person_ids is None else list(person_ids)
    rows = standing(establishment_id=establishment_id, person_ids=only)
    as_of = AsOf(clock.now())
    statuses = {}
    for establishment in {row.establishment_id for row in rows}:
        statuses.update(
            authority.legal_status(
                [row.person_id for row in rows if row.establishment_id == establishment],
                zone=facilities.time_zone(establishment),
                as_of=as_of,
            )
        )
    doubts = births_in_doubt([row.episode_id for row in rows])
    no_birth = people.births_unknown({row.person_id for row in rows})
    custody = []
    for row in rows:
        status = statuses[row.person_id]
        custody.append(
            CustodyFacts(
                person_id=row.person_id,
                episode_id=row.episode_id,
                establishment_id=row.establishment_id,
                received_at=row.starts_at,
                admitted=row.admitted,
                admission_due_at=row.admission_due_at,
                legal_status=status.code,
                status_faults=status.faults,
                valid_until=status.valid_until,
                lapsed_at=status.lapsed_at,
                next_appearance=status.next_appearance,
                breach_placement_id=row.breach_placement_id,
                breach_since=row.breach_since,
                escort_id=row.escort_id,
                escort_expected_back_at=row.escort_expected_back_at,
                escort_not_returned_at=row.escort_not_returned_at,
                escort_not_returned_because=row.escort_not_returned_because,
                at_large_since=row.at_large_since,
                birth_doubt=doubts.get(row.episode_id, ""),
                birth_unknown=row.person_id in no_birth,
            )
        )
    releases = [
        ReleaseFacts(
            case_id=clock_row.case_id,
            person_id=clock_row.person_id,
            episode_id=clock_row.episode_id,
            establishment_id=clock_row.establishment_id,
            clock_started_at=clock_row.clock_started_at,
            awaits_countersign=clock_row.awaits_countersign,
            odd=clock_row.odd,
        )
        for clock_row in release.clocks(establishment_id=establishment_id, person_ids=only)
    ]
    return custody, releases


def collect_owed(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> list[DueAlarm]:
    """What somebody still owes: a signature at the gate or for a removal, a call to a registry,
    an answer to which of two dates of release is right, the order of a court that let somebody go,
    the registry's word on an order that ends a sentence.
    """
    only = None if person_ids is None else list(person_ids)
    signatures_owed = [
        DueAlarm(
            "identity_unsigned",
            str(owed.vouching_id),
            owed.named_at,
            owed.establishment_id,
            owed.person_id,
            owed.episode_id,
            {"officer": owed.officer},
        )
        for owed in signatures.vouchings(
            establishment_id=establishment_id, person_ids=only, waiting=True
        )
    ]
    ends_owed = [
        DueAlarm(
            "end_unsigned",
            str(line.end.end_id),
            line.end.at,
            line.establishment_id,
            line.person_id,
            line.episode_id,
        )
        for line in custody.ends_unsigned(establishment_id=establishment_id, person_ids=only)
    ]
    dates_owed = [
        DueAlarm(
            "release_dates_differ",
            str(one.preparation_id),
            one.since,
            one.establishment_id,
            one.person_id,
            one.episode_id,
        )
        for one in dates_that_differ(establishment_id=establishment_id, person_ids=only)
    ]
    inside = {
        row.person_id: row for row in standing(establishment_id=establishment_id, person_ids=only)
    }
    return [
        *signatures_owed,
        *ends_owed,
        *dates_owed,
        *_calls_owed(establishment_id, only),
        *_orders_owed(inside),
        *_words_owed(inside),
    ]


def _orders_owed(rows: Mapping[int, Standing]) -> list[DueAlarm]:
    """Whoever a court let go by what was recorded of the day, and no order has come."""
    return [
        DueAlarm(
            "freed_without_order",
            str(one.hearing_id),
            one.since,
            rows[person_id].establishment_id,
            person_id,
            rows[person_id].episode_id,
            {"outcome": one.outcome, "body": one.body_name, "hearing_id": one.hearing_id},
        )
        for person_id, found in courts.freed_without_order(rows).items()
        for one in found
    ]


def _words_owed(rows: Mapping[int, Standing]) -> list[DueAlarm]:
    """Orders that free and that nobody has called the registry about: until then they do nothing.

    One of an earlier custody that would end nothing any more is not asked about.
    """
    return [
        DueAlarm(
            "order_unconfirmed",
            str(one.order_id),
            one.received_at,
            rows[person_id].establishment_id,
            person_id,
            rows[person_id].episode_id,
            {"body": one.body_name, "reference": one.reference},
        )
        for person_id, found in courts.unconfirmed(rows).items()
        for one in found
        if one.ends or one.received_at >= rows[person_id].starts_at
    ]


def _calls_owed(establishment_id: int | None, only: list[int] | None) -> list[DueAlarm]:
    """Orders that could free the wrong person, inside now, until the registry was called."""
    doubtful = authority.orders_in_doubt(person_ids=only)
    if not doubtful:
        return []
    rows = standing(establishment_id=establishment_id, person_ids=list(doubtful))
    return [
        DueAlarm(
            "order_in_doubt",
            str(order.release_order_id),
            order.received_at,
            row.establishment_id,
            row.person_id,
            row.episode_id,
            {"oddities": list(order.oddities), "release_order_id": order.release_order_id},
        )
        for row in rows
        for order in doubtful[row.person_id]
    ]
