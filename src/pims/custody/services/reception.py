"""The van at the gate: body receipts for everyone on it, whoever they are and whatever the paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pims.custody import events
from pims.custody.models import BodyReceipt, Episode, Injury, TurnedAway, Van
from pims.custody.rules import admission as admission_rules
from pims.custody.services import steps
from pims.custody.services.absences import end_absence
from pims.custody.services.common import (
    READER,
    Moment,
    covers,
    moment,
    open_absence,
    open_escort,
    open_placement,
    scope_from_rows,
)
from pims.custody.services.escorting import close_escort
from pims.custody.services.placement import end_placements
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.people import services as people_services
from pims.people.services import NameInput

# Two receptions this close together are one stay whose first hour was entered late.
SAME_STAY = timedelta(hours=72)
MOST_ON_ONE_VAN = 500
ATTACH = ("auto", "same", "new")
SEXES = ("male", "female", "intersex", "unknown")
TURNED_AWAY_FOR = (
    "no_warrant",
    "defective_warrant",
    "wrong_establishment",
    "needs_hospital",
    "other",
)


@dataclass(frozen=True, slots=True)
class BodyReceiptInput:
    """One line of the van's screen. A name is never needed: "" is received as unknown.

    `person_id` is whom the officer recognised, if anyone. `attach` decides when the books say
    that this person is inside already: "same" (the books are wrong), "new" (somebody else goes
    by that name), or "auto".
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


@dataclass(frozen=True, slots=True)
class ReceiptsRecorded:
    van_id: int
    receipts: tuple[ReceiptRecorded, ...] = ()


@dataclass(frozen=True, slots=True)
class VanOpened:
    van_id: int


@dataclass(frozen=True, slots=True)
class TurnedAwayRecorded:
    turned_away_id: int


@dataclass(slots=True)
class _Arrival:
    """What is common to all receipts of one call."""

    van: Van
    when: Moment
    handed_over_by: str
    received_by: str
    reception_kind: str
    seen: set[int] = field(default_factory=set)


@service
def open_van(
    tx: Transaction,
    *,
    establishment_id: int,
    arrived_at: datetime | None = None,
    from_where: str = "",
    escorting_officer: str = "",
    vehicle: str = "",
) -> VanOpened:
    """Record that a van stands at the gate. Raises InvalidInput for a time in the future."""
    tx.require("custody.receive", establishment_id=establishment_id)
    when = moment(tx, arrived_at, "arrived_at")
    van = Van.objects.create(
        establishment_id=establishment_id,
        arrived_at=when.at,
        from_where=from_where.strip()[:200],
        escorting_officer=escorting_officer.strip()[:200],
        vehicle=vehicle.strip()[:60],
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.VanArrived(
            establishment_id=establishment_id, van_id=van.pk, happened_at=when.at.isoformat()
        ),
        details={"from": van.from_where, "officer": van.escorting_officer},
    )
    return VanOpened(van.pk)


@service
def record_body_receipts(
    tx: Transaction,
    *,
    establishment_id: int,
    receipts: Sequence[BodyReceiptInput],
    van_id: int | None = None,
    from_where: str = "",
    vehicle: str = "",
    handed_over_by: str = "",
    received_by: str = "",
    received_at: datetime | None = None,
    reception_kind: str = "court",
) -> ReceiptsRecorded:
    """Receive everyone on the van at once: each a person, a body receipt and an episode.

    Never refused for what the paper or the books say. Someone whom the books hold as at large or
    out is received back into the open episode; someone whom they hold as inside is received as a
    new person with a possible match, because the one at the gate cannot be the one in the cell
    (unless `attach` says otherwise); each tells an alarm. Raises InvalidInput for what cannot be
    (nobody on the van, a time in the future, birth after reception), by ``receipts.<n>.<field>``.
    """
    tx.require("custody.receive", establishment_id=establishment_id)
    when = moment(tx, received_at, "received_at")
    named = _check(receipts, when.at)
    if reception_kind not in Episode.ReceptionKind.values:
        raise InvalidInput({"reception_kind": Reason("custody.reception_kind_unknown")})
    if van_id is None:
        van_id = open_van(
            tx,
            establishment_id=establishment_id,
            arrived_at=received_at,
            from_where=from_where,
            escorting_officer=handed_over_by,
            vehicle=vehicle,
        ).van_id
    van = Van.objects.filter(pk=van_id, establishment_id=establishment_id).first()
    if van is None:
        raise NotFound("van", van_id)
    tx.lock_persons(named.values())
    arrival = _Arrival(van, when, handed_over_by, received_by or tx.actor.name, reception_kind)
    return ReceiptsRecorded(
        van.pk,
        tuple(_receive(tx, arrival, line, named.get(n)) for n, line in enumerate(receipts)),
    )


@service
def turn_away(
    tx: Transaction,
    *,
    establishment_id: int,
    name_as_given: str,
    reason: str,
    note: str = "",
    van_id: int | None = None,
    brought_by: str = "",
    happened_at: datetime | None = None,
) -> TurnedAwayRecorded:
    """Record whom the officer in charge did not receive, and why (Mandela Rule 7).

    Raises InvalidInput for an unknown reason or a time in the future.
    """
    tx.require("custody.receive", establishment_id=establishment_id)
    when = moment(tx, happened_at)
    if reason not in TURNED_AWAY_FOR:
        raise InvalidInput({"reason": Reason("custody.turn_away_reason_unknown")})
    row = TurnedAway.objects.create(
        van_id=van_id,
        establishment_id=establishment_id,
        name_as_given=name_as_given.strip()[:300],
        reason=reason,
        note=note,
        brought_by=brought_by.strip()[:200],
        decided_by_id=tx.actor.user_id,
        happened_at=when.at,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.TurnedAway(
            establishment_id=establishment_id,
            turned_away_id=row.pk,
            reason=reason,
            happened_at=when.at.isoformat(),
        ),
        details={"name_as_given": row.name_as_given, "note": note},
    )
    return TurnedAwayRecorded(row.pk)


def _check(receipts: Sequence[BodyReceiptInput], at: datetime) -> dict[int, int]:
    """Raise InvalidInput for impossible lines; give line number to the canonical person named."""
    wrong: dict[str, Reason] = {}
    if not receipts:
        wrong["receipts"] = Reason("custody.nobody_on_the_van")
    if len(receipts) > MOST_ON_ONE_VAN:
        wrong["receipts"] = Reason("custody.too_many_on_one_van", {"most": MOST_ON_ONE_VAN})
    for n, line in enumerate(receipts):
        if line.warrant_state not in BodyReceipt.WarrantState.values:
            wrong[f"receipts.{n}.warrant_state"] = Reason("custody.warrant_state_unknown")
        if line.sex not in SEXES:
            wrong[f"receipts.{n}.sex"] = Reason("custody.sex_unknown_code")
        if line.attach not in ATTACH:
            wrong[f"receipts.{n}.attach"] = Reason("custody.attach_unknown")
        if line.birth_date is not None and line.birth_date > at.date():
            wrong[f"receipts.{n}.birth_date"] = Reason("custody.born_after_reception")
        if line.age_as_given is not None and not 0 <= line.age_as_given <= 120:
            wrong[f"receipts.{n}.age_as_given"] = Reason("custody.age_impossible")
        if len(line.name_as_given) > 300 or len(line.given) > 200 or len(line.family) > 200:
            wrong[f"receipts.{n}.name_as_given"] = Reason("custody.name_too_long")
    asked = {n: line.person_id for n, line in enumerate(receipts) if line.person_id is not None}
    canonical = people.ids_canonical(asked.values())
    headers = people.person_headers(READER, set(canonical.values()))
    named: dict[int, int] = {}
    for n, person_id in asked.items():
        found = canonical.get(person_id)
        if found is None or found not in headers:
            wrong[f"receipts.{n}.person_id"] = Reason("custody.person_unknown")
            continue
        named[n] = found
        born = headers[found].birth_date
        if born is not None and born > at.date():
            wrong["received_at"] = Reason("custody.before_birth", {"birth_date": born.isoformat()})
    if wrong:
        raise InvalidInput(wrong)
    return named


def _receive(
    tx: Transaction, arrival: _Arrival, line: BodyReceiptInput, named: int | None
) -> ReceiptRecorded:
    """One line: attach to the open episode, or open one for the person named or a new one."""
    at = arrival.when.at
    episode = None if named is None else _episode_around(tx, named, at)
    found = BodyReceipt.Found.NOT_HELD
    doubted: int | None = None
    if named is not None and episode is not None:
        found = _what_the_books_say(episode, at)
        if found is BodyReceipt.Found.BOOKS_SAID_INSIDE and (
            line.attach == "new"
            or (line.attach == "auto" and (named in arrival.seen or _in_a_cell(episode)))
        ):
            doubted, episode, found = named, None, BodyReceipt.Found.WRONG_IDENTITY
    matches: tuple[int, ...] = ()
    person_id, number = named, ""
    if named is None or doubted is not None:
        person_id, number, matches = _new_person(tx, arrival, line, doubted)
    assert person_id is not None
    arrival.seen.add(person_id)
    was_open = episode is not None
    if episode is None:
        episode = open_episode(
            tx,
            person_id=person_id,
            establishment_id=arrival.van.establishment_id,
            starts_at=at,
            reception_kind=arrival.reception_kind,
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
        handed_over_by=arrival.handed_over_by.strip()[:200] or arrival.van.escorting_officer,
        received_by=arrival.received_by.strip()[:200],
        received_at=at,
        found=found,
        recorded_by_id=tx.actor.user_id,
    )
    _tell_receipt(tx, episode, receipt, was_open=was_open, doubted=doubted)
    if was_open:
        _back_in(tx, episode, receipt)
    _injuries(tx, episode, line, at)
    if not number:
        number = people.person_headers(READER, [person_id])[person_id].number
    return ReceiptRecorded(receipt.pk, person_id, episode.pk, number, str(found), matches)


def _what_the_books_say(episode: Episode, at: datetime) -> BodyReceipt.Found:
    if open_absence(episode, at) is not None:
        return BodyReceipt.Found.AT_LARGE
    if open_escort(episode, at) is not None:
        return BodyReceipt.Found.OUT_ON_ESCORT
    return BodyReceipt.Found.BOOKS_SAID_INSIDE


def _in_a_cell(episode: Episode) -> bool:
    return open_placement(episode) is not None


def _episode_around(tx: Transaction, person_id: int, at: datetime) -> Episode | None:
    """The episode of the person that covers `at`, or that began so soon after it that the
    receipt belongs to it: then its start moves back to the earlier hour."""
    covering = Episode.objects.filter(covers(at), person_id=person_id).first()
    if covering is not None:
        return covering
    later = Episode.objects.filter(person_id=person_id, starts_at__gt=at).order_by("starts_at")
    following = later.first()
    if following is None or following.starts_at - at > SAME_STAY:
        return None
    before = following.starts_at
    following.starts_at = at
    following.version += 1
    following.save(update_fields=["starts_at", "version"])
    tx.record(
        events.EpisodeCorrected(
            person_id=person_id,
            establishment_id=following.establishment_id,
            episode_id=following.pk,
            happened_at=at.isoformat(),
            fields="starts_at",
            version=following.version,
        ),
        details={"before": before.isoformat(), "after": at.isoformat(), "reason": "late receipt"},
    )
    return following


def _new_person(
    tx: Transaction, arrival: _Arrival, line: BodyReceiptInput, doubted: int | None
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


def names_of(line: BodyReceiptInput) -> list[NameInput]:
    """The name as given, split where nobody split it: "FAMILY, Given", else the last word.

    Nobody's name is invented: without one the person has none, and is shown as unknown.
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
    if not given and not family:
        return []
    return [NameInput(kind="birth", given=given, family=family)]


def open_episode(
    tx: Transaction,
    *,
    person_id: int,
    establishment_id: int,
    starts_at: datetime,
    reception_kind: str,
    continues: Episode | None = None,
) -> Episode:
    """Begin custody. An episode that begins later bounds it, marked as an end not recorded."""
    tx.lock_persons([person_id])
    later = (
        Episode.objects.filter(person_id=person_id, starts_at__gt=starts_at)
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    episode = Episode.objects.create(
        person_id=person_id,
        establishment_id=establishment_id,
        starts_at=starts_at,
        ends_at=later,
        end_kind=Episode.EndKind.NONE if later is None else Episode.EndKind.NOT_RECORDED,
        reception_kind=reception_kind,
        admission_due_at=admission_rules.due_at(starts_at),
        continues=continues,
        recorded_by_id=tx.actor.user_id,
    )
    steps.open_steps(episode, by=tx.actor.user_id)
    if later is None:
        scope_from_rows(episode)
    return episode


def _back_in(tx: Transaction, episode: Episode, receipt: BodyReceipt) -> None:
    """The person stands at the gate: whatever the books said of that hour goes by this fact."""
    at = receipt.received_at
    if episode.ends_at is not None:
        return
    absence = open_absence(episode, at)
    if absence is not None and absence.ends_at is None:
        end_absence(tx, episode, absence, at=at, end_kind="recaptured")
    escort = open_escort(episode, at)
    if escort is not None and escort.returned_at is None:
        close_escort(tx, episode, escort, at=at, outcome="brought_back")
    placement = open_placement(episode)
    inside = receipt.found == BodyReceipt.Found.BOOKS_SAID_INSIDE
    if inside and placement is not None and placement.starts_at < at:
        end_placements(tx, episode, at)
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
            person_id=episode.person_id,
            establishment_id=episode.establishment_id,
            episode_id=episode.pk,
            happened_at=at.isoformat(),
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
    common = {
        "person_id": episode.person_id,
        "establishment_id": episode.establishment_id,
        "episode_id": episode.pk,
        "happened_at": receipt.received_at.isoformat(),
    }
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
