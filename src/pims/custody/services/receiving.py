"""One line of the van's screen: to whom it belongs, and what follows for that person."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pims.custody import events
from pims.custody.models import BodyReceipt, Episode, Injury, Van
from pims.custody.reading import READER, establishment_names
from pims.custody.services.about import about
from pims.custody.services.absences import end_absence
from pims.custody.services.closing import close_episode
from pims.custody.services.common import (
    Moment,
    open_absence,
    open_escort,
    open_placement,
    scope_from_rows,
    told_clock_back,
)
from pims.custody.services.corrections import begin_at
from pims.custody.services.escorting import close_escort
from pims.custody.services.opening import open_episode
from pims.custody.services.placement import end_placements
from pims.custody.services.words import PROSE
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction
from pims.foundation.history.known import held_at
from pims.foundation.vault.sealing import unseal_person
from pims.kernel.collation import search_key
from pims.kernel.limits import CLOCK_SLACK
from pims.people import selectors as people
from pims.people import services as people_services
from pims.people.services import NameInput

# Two receptions this close together are one stay whose first hour was entered late.
SAME_STAY = timedelta(hours=72)
LATE = "late receipt"


# The texts of `BodyReceiptInput` and their lengths.
RECEIPT_TEXTS = {"name_as_given": 300, "given": 200, "family": 200, "injuries": PROSE}


@dataclass(frozen=True, slots=True)
class BodyReceiptInput:
    """One line of the van's screen. A name is never needed: "" is received as unknown.

    `person_id` is whom the officer recognised, if anyone. `attach` is what the officer says of
    that: "same" (also where the books hold this person inside: they are wrong), "new" (somebody
    else goes by that number), or "auto".
    """

    name_as_given: str = ""
    given: str = ""
    family: str = ""
    person_id: int | None = None
    warrant_state: str = "yes"
    injuries: str = ""
    complaint: bool = False
    sex: str = "unknown"
    gender: str = "not_stated"
    birth_date: date | None = None
    birth_precision: str = "unknown"
    age_as_given: int | None = None
    age_disputed: bool = False
    nationalities: tuple[str, ...] = ()
    attach: str = "auto"


@dataclass(frozen=True, slots=True)
class ReceiptRecorded:
    """`found` says what the books held about the person; see `BodyReceipt.Found`."""

    receipt_id: int
    person_id: int
    episode_id: int
    number: str
    found: str
    possible_match_ids: tuple[int, ...] = ()


@dataclass(slots=True)
class Arrival:
    """What is common to all receipts of one call."""

    van: Van
    when: Moment
    handed_over_by: str
    received_by: str
    reception_kind: str
    seen: set[int] = field(default_factory=set)


def receive_one(
    tx: Transaction, arrival: Arrival, line: BodyReceiptInput, named: int | None
) -> ReceiptRecorded:
    """One line: attach to the open episode, or open one for the person named or a new one."""
    doubted = named if line.attach == "new" else None
    books = _OnTheBooks(None, arrival.when.at)
    if named is not None and doubted is None:
        books = _on_the_books(arrival, named)
    episode, at = books.stay, books.at
    found = BodyReceipt.Found.NOT_HELD if doubted is None else BodyReceipt.Found.WRONG_IDENTITY
    if named is not None and episode is not None:
        found = _what_the_books_say(episode, at)
        if (
            found is BodyReceipt.Found.BOOKS_SAID_INSIDE
            and line.attach == "auto"
            and (named in arrival.seen or _in_a_cell(episode))
        ):
            doubted, episode, found = named, None, BodyReceipt.Found.WRONG_IDENTITY
    matches: tuple[int, ...] = ()
    person_id, number = named, ""
    if named is None or doubted is not None:
        person_id, number, matches = _new_person(tx, arrival, line, doubted)
    elif episode is not None and books.late:
        begin_at(tx, episode, at, LATE)
    assert person_id is not None
    arrival.seen.add(person_id)
    if PersonScope.objects.filter(person_id=person_id, sealed=True).exists():
        # Nobody in custody is hidden from those who hold them.
        unseal_person(tx.beyond_scope(), person_id=person_id, reason="Received into custody")
    here = arrival.van.establishment_id
    elsewhere = episode if episode is not None and episode.establishment_id != here else None
    if elsewhere is not None and elsewhere.ends_at is None:
        hour = at if arrival.when.given else None
        at = close_episode(
            tx,
            elsewhere,
            kind=Episode.EndKind.TRANSFERRED,
            ended_at=hour,
            destination=establishment_names()[here],
        ).ended_at
        episode = None
    was_open = episode is not None
    if episode is None:
        episode = open_episode(
            tx,
            person_id=person_id,
            establishment_id=here,
            starts_at=at,
            reception_kind=arrival.reception_kind,
            continues=elsewhere,
        )
    receipt = BodyReceipt.objects.create(
        van=arrival.van,
        establishment_id=arrival.van.establishment_id,
        person_id=person_id,
        episode=episode,
        name_as_given=(line.name_as_given or f"{line.given} {line.family}").strip()[:300],
        age_as_given=line.age_as_given,
        warrant_state=line.warrant_state,
        injuries=line.injuries,
        complaint=line.complaint,
        handed_over_by=arrival.handed_over_by or arrival.van.escorting_officer,
        received_by=arrival.received_by,
        received_at=at,
        found=found,
        recorded_by_id=tx.actor.user_id,
    )
    _tell_receipt(tx, episode, receipt, was_open=was_open, doubted=doubted)
    if at != arrival.when.at and not arrival.when.given:
        told_clock_back(tx, episode, "body_receipt", receipt.pk, arrival.when.at)
    if was_open:
        _back_in(tx, episode, receipt, given=arrival.when.given)
    _injuries(tx, episode, line, at)
    if not number:
        number = people.person_headers(READER, [person_id], brief=True)[person_id].number
    return ReceiptRecorded(receipt.pk, person_id, episode.pk, number, str(found), matches)


def names_of(line: BodyReceiptInput) -> list[NameInput]:
    """The name as given, split where nobody split it: "FAMILY, Given", else the last word.

    Nobody's name is invented: without one the person has none, and is shown as unknown. A name
    without a letter ("???", "-") is what officers write for one who gave none.
    """
    given, family = line.given.strip(), line.family.strip()
    if not given and not family:
        text = line.name_as_given.strip()
        if "," in text:
            family, given = (part.strip() for part in text.split(",", 1))
        elif " " in text:
            given, family = text.rsplit(None, 1)
        else:
            family = text
    if not search_key(f"{given} {family}"):
        return []
    return [NameInput(kind="birth", given=given, family=family)]


def _what_the_books_say(episode: Episode, at: datetime) -> BodyReceipt.Found:
    if open_absence(episode, at) is not None:
        return BodyReceipt.Found.AT_LARGE
    if open_escort(episode, at) is not None:
        return BodyReceipt.Found.OUT_ON_ESCORT
    if _is_awaited(episode):
        return BodyReceipt.Found.NOT_HELD
    return BodyReceipt.Found.BOOKS_SAID_INSIDE


def _is_awaited(episode: Episode) -> bool:
    """Whether the person is on the books by a transfer alone: nobody here has seen them yet."""
    return (
        episode.reception_kind == Episode.ReceptionKind.TRANSFER
        and not _in_a_cell(episode)
        and not BodyReceipt.objects.filter(episode=episode).exists()
    )


def _in_a_cell(episode: Episode) -> bool:
    return open_placement(episode) is not None


@dataclass(frozen=True, slots=True)
class _OnTheBooks:
    """The stay that a receipt belongs to, None for a new one, and the instant it counts from.

    `late` where the stay began soon after that instant: its first hour was entered late.
    """

    stay: Episode | None
    at: datetime
    late: bool = False


def _on_the_books(arrival: Arrival, person_id: int) -> _OnTheBooks:
    """What is recorded of the person about the hour of the receipt. Changes nothing.

    Nobody is received into custody that has ended: an hour within the last minutes of an ended
    episode, or a clock that stands before it, counts from the end. A stay that began at another
    prison soon after is another stay.
    """
    at = arrival.when.at
    own = Episode.objects.filter(person_id=person_id).order_by("starts_at")
    own = own.exclude(end_kind=Episode.EndKind.NEVER_HELD)
    if not arrival.when.given:
        last = own.last()
        if last is None or (last.ends_at is not None and last.ends_at <= at):
            return _OnTheBooks(None, at)
        if last.ends_at is not None:
            return _OnTheBooks(None, last.ends_at)
        return _OnTheBooks(last, max(at, last.starts_at))
    covering = own.filter(held_at(at)).first()
    while covering is not None and covering.ends_at is not None:
        if covering.ends_at - at > CLOCK_SLACK:
            return _OnTheBooks(covering, at)
        at = covering.ends_at
        covering = own.filter(held_at(at)).first()
    if covering is not None:
        return _OnTheBooks(covering, at)
    following = own.filter(starts_at__gt=at).first()
    here = arrival.van.establishment_id
    if (
        following is None
        or following.establishment_id != here
        or following.starts_at - at > SAME_STAY
    ):
        return _OnTheBooks(None, at)
    return _OnTheBooks(following, at, late=True)


def _new_person(
    tx: Transaction, arrival: Arrival, line: BodyReceiptInput, doubted: int | None
) -> tuple[int, str, tuple[int, ...]]:
    """Create the person of a line: a number never waits, whatever is or is not known."""
    made = people_services.create_person(
        tx.beyond_scope(),
        names=names_of(line),
        sex=line.sex,
        gender=line.gender,
        birth_date=line.birth_date,
        birth_precision=line.birth_precision if line.birth_date else "unknown",
        nationalities=line.nationalities,
        establishment_id=arrival.van.establishment_id,
        source="reception",
        age_disputed=line.age_disputed,
        possible_match_with=() if doubted is None else (doubted,),
    )
    return made.person_id, made.number, tuple(made.possible_match_ids)


def _back_in(tx: Transaction, episode: Episode, receipt: BodyReceipt, *, given: bool) -> None:
    """The person stands at the gate: whatever the books said of that hour goes by this fact."""
    at = receipt.received_at
    when = Moment(at, given=given)
    if episode.ends_at is not None:
        return
    absence = open_absence(episode, at)
    if absence is not None and absence.ends_at is None:
        end_absence(tx, episode, absence, at=at, end_kind="recaptured")
    escort = open_escort(episode, at)
    if escort is not None and escort.returned_at is None:
        close_escort(tx, episode, escort, when=when, outcome="brought_back")
    placement = open_placement(episode)
    inside = receipt.found == BodyReceipt.Found.BOOKS_SAID_INSIDE
    if inside and placement is not None and placement.starts_at < at:
        end_placements(tx, episode, when)
    scope_from_rows(episode)


def _injuries(tx: Transaction, episode: Episode, line: BodyReceiptInput, at: datetime) -> None:
    if not line.injuries.strip() and not line.complaint:
        return
    injury = Injury.objects.create(
        episode=episode,
        person_id=episode.person_id,
        seen_at=at,
        description=line.injuries.strip(),
        complaint_of_ill_treatment=line.complaint,
        recorded_by_id=tx.actor.user_id,
    )
    kind = events.IllTreatmentComplained if line.complaint else events.InjuryRecorded
    tx.record(
        kind(
            **about(episode, at),
            injury_id=injury.pk,
        ),
        details={"description": injury.description},
    )


def _tell_receipt(
    tx: Transaction,
    episode: Episode,
    receipt: BodyReceipt,
    *,
    was_open: bool,
    doubted: int | None,
) -> None:
    common = about(episode, receipt.received_at)
    details = {"name_as_given": receipt.name_as_given, "handed_over_by": receipt.handed_over_by}
    warrant_state = receipt.warrant_state
    if was_open:
        tx.record(
            events.ReceivedAgain(
                **common, receipt_id=receipt.pk, found=receipt.found, warrant_state=warrant_state
            ),
            details=details,
        )
        if receipt.found == BodyReceipt.Found.BOOKS_SAID_INSIDE:
            tx.record(
                events.EpisodeWasOpen(
                    **common, receipt_id=receipt.pk, starts_at=episode.starts_at.isoformat()
                )
            )
    else:
        tx.record(
            events.Received(
                **common,
                receipt_id=receipt.pk,
                reception_kind=episode.reception_kind,
                warrant_state=warrant_state,
            ),
            details=details,
        )
    if doubted is not None:
        tx.record(events.IdentityInDoubt(**common, other_person_id=doubted, receipt_id=receipt.pk))
    if warrant_state != BodyReceipt.WarrantState.YES:
        tx.record(events.NoWarrantSeen(**common, warrant_state=warrant_state))
