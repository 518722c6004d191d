"""The rows of warrants, as every service that records or changes one handles them."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from pims.authority import events, rules
from pims.authority.models import CourtDate, Warrant, WarrantName
from pims.authority.selectors.reading import read_off
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound
from pims.kernel.limits import FIRST_YEAR_OF_PAPERS, LAST_YEAR_OF_PAPERS
from pims.people import selectors as people

# What says of a name that it ended, and how.
ENDED = ("ends_at", "end_kind", "end_basis", "ended_by_order")


@dataclass(frozen=True, slots=True)
class WarrantNameInput:
    """One person named on the paper. `starts_at` is when it began to hold this person."""

    person_id: int
    name_as_written: str
    starts_at: datetime
    until: date | None = None
    next_appearance: date | None = None
    charges: str = ""
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class WarrantNameResult:
    warrant_name_id: int


def begins_wrongly(starts_at: datetime) -> Reason | None:
    """Why no paper can have begun to hold somebody then; None where it can, ahead of us too."""
    if starts_at.tzinfo is None:
        return Reason("authority.zone_missing")
    if not FIRST_YEAR_OF_PAPERS <= starts_at.year <= LAST_YEAR_OF_PAPERS:
        return Reason("authority.begins_in_no_such_year", {"year": str(starts_at.year)})
    return None


def add_name(
    tx: Transaction, warrant: Warrant, name: WarrantNameInput, *, further: bool
) -> WarrantName:
    row = WarrantName.objects.create(
        warrant=warrant,
        person_id=name.person_id,
        name_as_written=name.name_as_written,
        charges=name.charges,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        amount_cents=name.amount_cents,
        recorded_by_id=tx.actor.user_id,
    )
    if name.next_appearance is not None:
        name_court_date(tx, row, name.next_appearance, given_at=name.starts_at)
    tx.record(
        events.WarrantRecorded(
            person_id=name.person_id,
            establishment_id=warrant.establishment_id,
            warrant_id=warrant.pk,
            warrant_name_id=row.pk,
            warrant_kind=warrant.kind,
            further=further,
            defects=tuple(warrant.defects),
        ),
        details={
            "name_as_written": name.name_as_written,
            "reference": warrant.reference,
            "charges": name.charges,
            "until": name.until,
            "next_appearance": name.next_appearance,
        },
    )
    return row


def mark_endless(name: WarrantName) -> None:
    """A paper left without the end that its kind needs is defective: it must not hold unseen."""
    paper = locked_paper(name)
    kind = warrant_kinds()[paper.kind]
    if name.ends_at is not None or paper.state in (Warrant.State.RETURNED, Warrant.State.VOID):
        return
    wanted = {"until": "no_end", "next_appearance": "no_next_appearance"}
    lacking = {wanted[need] for need in kind.needs if need in wanted}
    if not lacking or rules.end_as_written(facts_of(name), kind, "UTC") is not None:
        return
    if lacking <= set(paper.defects):
        return
    paper.defects = [code for code in rules.DEFECTS if code in lacking | set(paper.defects)]
    paper.state = Warrant.State.AS_RECEIVED
    paper.save(update_fields=["defects", "state"])


def read_again(name: WarrantName) -> None:
    """After a correction: the defects that the dates of this paper show now, for all it names.

    A later date of a court is none of the paper's own and contradicts nothing on it. New defects
    are to be decided on; what was corrected away needs no decision any more.
    """
    paper = locked_paper(name)
    if paper.state in (Warrant.State.RETURNED, Warrant.State.VOID):
        return
    names = [one for one in paper.names.all() if one.pk != name.pk] + [name]
    found = read_off(
        kind=paper.kind,
        body_kind=paper.body.kind,
        dated=paper.dated,
        received_at=paper.received_at,
        names=[as_input(one) for one in names],
        zone=zone_of(paper.establishment_id),
    )
    if _dates_of(name).filter(given_at__gt=name.starts_at).exists():
        found.discard(rules.CONTRADICTS)
    marked = set(paper.defects) - rules.READ_OFF
    before, now = set(paper.defects), marked | found
    if now == before:
        return
    paper.defects = [code for code in rules.DEFECTS if code in now]
    if now - before:
        paper.state = Warrant.State.AS_RECEIVED
    elif not now and paper.state == Warrant.State.AS_RECEIVED:
        paper.state = Warrant.State.ACTED_ON
    paper.save(update_fields=["defects", "state"])


def locked_paper(name: WarrantName) -> Warrant:
    """The paper of a name whose person is locked, as it stands now, for a change to the paper.

    It may name several people: each is changed under a lock of its own, and the paper itself only
    under this one, which is taken after those of the persons.
    """
    name.warrant = (
        Warrant.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=name.warrant_id)
    )
    return name.warrant


def as_input(name: WarrantName) -> WarrantNameInput:
    return WarrantNameInput(
        person_id=name.person_id,
        name_as_written=name.name_as_written,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        charges=name.charges,
        amount_cents=name.amount_cents,
    )


def close_name(
    tx: Transaction,
    name: WarrantName,
    *,
    end_kind: str,
    ended_at: datetime,
    basis: str,
    by_order_id: int | None = None,
) -> None:
    """Close one name on a warrant inside a change whose permission is already settled."""
    name.ends_at, name.end_kind, name.end_basis = ended_at, end_kind, basis[:300]
    name.ended_by_order_id = by_order_id
    name.version += 1
    name.save(update_fields=[*ENDED, "version"])
    tx.record(
        events.WarrantEnded(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_name_id=name.pk,
            end_kind=end_kind,
            ended_at=ended_at.isoformat(),
        ),
        details={"basis": basis},
    )


def open_again(name: WarrantName) -> dict[str, object]:
    """Take the end off a name, and give what it said. Saves and records nothing."""
    before: dict[str, object] = {
        "ends_at": name.ends_at,
        "end_kind": name.end_kind,
        "end_basis": name.end_basis,
    }
    name.ends_at, name.end_kind, name.end_basis = None, WarrantName.EndKind.OPEN, ""
    name.ended_by_order_id = None
    return before


def stand_if_not_run_out(name: WarrantName, zone: str) -> dict[str, object]:
    """A paper that was taken to have run out when custody ended, and by its words as they read now
    had not, stands open again.

    Gives what its end said, to be recorded with the change; nothing where it stays as it is.
    Saves nothing.
    """
    if name.end_kind != WarrantName.EndKind.EXPIRED or name.ends_at is None:
        return {}
    kind = warrant_kinds()[name.warrant.kind]
    if rules.ran_out(facts_of(name), kind, zone, name.ends_at):
        return {}
    return open_again(name)


def name_court_date(
    tx: Transaction, name: WarrantName, appears_on: date | None, *, given_at: datetime
) -> bool:
    """Keep that a next appearance was named; whether it is the one named last."""
    later = _dates_of(name).filter(given_at__gt=given_at).exists()
    CourtDate.objects.create(
        warrant_name=name,
        person_id=name.person_id,
        given_at=given_at,
        appears_on=appears_on,
        recorded_by_id=tx.actor.user_id,
    )
    return not later


def correct_court_date(tx: Transaction, name: WarrantName, *, began_at: datetime) -> None:
    """The date named last was keyed wrongly: it reads as it does in `name` now.

    The paper's own date stood from `began_at`, when the paper was said to begin before.
    """
    own = _dates_of(name).filter(given_at=began_at).order_by("pk").first()
    if own is not None and own.given_at != name.starts_at:
        own.given_at = name.starts_at
        own.save(update_fields=["given_at"])
    last = _dates_of(name).order_by("-given_at", "-pk").first()
    if last is None:
        name_court_date(tx, name, name.next_appearance, given_at=name.starts_at)
        return
    last.appears_on = name.next_appearance
    last.recorded_by_id = tx.actor.user_id
    last.save(update_fields=["appears_on", "recorded_by_id"])


def _dates_of(name: WarrantName) -> QuerySet[CourtDate]:
    """The dates that the court did name."""
    return CourtDate.objects.filter(warrant_name=name, taken_back_at=None)


def locked_name(tx: Transaction, warrant_name_id: int) -> WarrantName:
    found = WarrantName.objects.filter(pk=warrant_name_id).values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotFound("warrant", warrant_name_id)
    tx.lock_persons([person_id])
    # Who may is settled by where the person is now: warrants go along with a transfer.
    tx.require_person("authority.record", people.canonical_id(person_id))
    return WarrantName.objects.select_related("warrant__body").get(pk=warrant_name_id)


def facts_of(name: WarrantName) -> rules.WarrantFacts:
    return rules.WarrantFacts(
        warrant_name_id=name.pk,
        warrant_id=name.warrant_id,
        person_id=name.person_id,
        kind=name.warrant.kind,
        state=name.warrant.state,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        ends_at=name.ends_at,
        defects=tuple(name.warrant.defects),
    )


def zone_of(establishment_id: int) -> ZoneInfo:
    return ZoneInfo(facilities.time_zone(establishment_id))
