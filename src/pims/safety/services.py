"""Every write of the safety room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pims.foundation.access.person_scope import set_scope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.persons import lock_same_human
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.safety import events, rules
from pims.safety.models import FirstRisk, Flag, KeepApart


@dataclass(frozen=True, slots=True)
class FlagResult:
    flag_id: int


@dataclass(frozen=True, slots=True)
class KeepApartResult:
    keep_apart_id: int


@dataclass(frozen=True, slots=True)
class FirstRiskResult:
    first_risk_id: int
    flags_raised: tuple[str, ...]


@service
def raise_flag(tx: Transaction, *, person_id: int, kind: str, note: str = "") -> FlagResult:
    """Raise a flag. Raises InvalidInput.

    One that is up already stays as it is, unless the note says something else: then it goes down
    and up again with the new one, and both are kept.
    """
    tx.require_person("safety.record", person_id)
    if kind not in Flag.Kind.values:
        raise InvalidInput({"kind": Reason("safety.unknown_flag", {"kind": kind[:40]})})
    note = clean_field("note", note, limit=500, multiline=True)
    return FlagResult(_raise_flag(tx, person_id=person_id, kind=kind, note=note))


@service
def lower_flag(tx: Transaction, *, flag_id: int, reason: str) -> FlagResult:
    """Lower a flag, with a reason. A repeat changes nothing."""
    found = Flag.objects.filter(pk=flag_id).values_list("person_id", "kind").first()
    if found is None:
        raise NotFound("flag", flag_id)
    person_id, kind = found
    tx.require_person("safety.record", person_id)
    if (label := rules.LABEL_OF.get(kind)) is not None:
        tx.require_person(rules.MAY_SEE[label], person_id)
    lock_same_human(tx, [person_id])
    flag = Flag.objects.get(pk=flag_id)
    reason = _why(reason, limit=300)
    if flag.ends_at is None:
        _lower(tx, flag, reason)
        if label == "protected":
            _mark_protected(person_id)
    return FlagResult(flag.pk)


@service
def mark_anew(tx: Transaction, *, person_ids: Collection[int]) -> None:
    """Protect those records whose flags ask for it and no others: two people were taken for one."""
    tx.require("safety.record")
    lock_same_human(tx, person_ids)
    for person_id in person_ids:
        _mark_protected(person_id)


@service
def keep_apart(
    tx: Transaction,
    *,
    person_id: int,
    other_person_id: int,
    reason: str,
    level: str = "absolute",
    protected: bool = False,
) -> KeepApartResult:
    """Keep two people apart from now on. Raises InvalidInput (the same or no person, no reason).

    `protected` hides the pair from whoever may not see informants and victims; placement
    obeys it all the same. Of a pair that is kept apart already the stricter holds: what asks for
    no more than stands changes nothing, what asks for more ends the old entry and opens another.
    """
    tx.require_person("safety.record", person_id)
    wrong: dict[str, Reason] = {}
    human = people.ids_canonical([person_id, other_person_id])
    if other_person_id not in human:
        wrong["other_person_id"] = Reason("safety.unknown_person")
    elif human[person_id] == human[other_person_id]:
        wrong["other_person_id"] = Reason("safety.same_person")
    if level not in KeepApart.Level.values:
        wrong["level"] = Reason("safety.unknown_level", {"level": level[:40]})
    try:
        reason = _why(reason, limit=500)
    except InvalidInput as problem:
        wrong |= problem.fields
    if wrong:
        raise InvalidInput(wrong)
    tx.lock_persons([person_id, other_person_id])
    low, high = sorted((person_id, other_person_id))
    standing = KeepApart.objects.filter(person_a_id=low, person_b_id=high, ends_at=None).first()
    if standing is not None:
        level = "absolute" if "absolute" in (level, standing.level) else level
        protected = protected or standing.protected
        if (level, protected) == (standing.level, standing.protected):
            return KeepApartResult(standing.pk)
        _end_pair(tx, standing, reason="")
    row = KeepApart.objects.create(
        person_a_id=low,
        person_b_id=high,
        level=level,
        reason=reason,
        protected=protected,
        starts_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    for person in (low, high):
        tx.record(events.KeptApart(person_id=person, keep_apart_id=row.pk))
    return KeepApartResult(row.pk)


@service
def end_keep_apart(tx: Transaction, *, keep_apart_id: int, reason: str) -> KeepApartResult:
    """They may meet again, says who may record about both. Raises NotFound, InvalidInput (no
    reason), NotPermitted for who reaches one of them only: the other is in another's care.
    """
    row = KeepApart.objects.filter(pk=keep_apart_id).first()
    if row is None:
        raise NotFound("keep_apart", keep_apart_id)
    tx.lock_persons([row.person_a_id, row.person_b_id])
    for person_id in (row.person_a_id, row.person_b_id):
        tx.require_person("safety.record", person_id)
        if row.protected:
            tx.require_person(rules.MAY_SEE["protected"], person_id)
    reason = _why(reason, limit=300)
    row.refresh_from_db()
    if row.ends_at is None:
        _end_pair(tx, row, reason=reason)
    return KeepApartResult(row.pk)


@service
def record_first_risk(
    tx: Transaction,
    *,
    person_id: int,
    episode_id: int,
    answers: Mapping[str, str],
    asked_at: datetime | None = None,
) -> FirstRiskResult:
    """Keep the answers, given at `asked_at` (None: now), and raise the flags that they call for.

    Raises InvalidInput.
    """
    tx.require_person("custody.admit", person_id)
    if set(answers) - set(rules.QUESTIONS) or set(answers.values()) - set(rules.ANSWERS):
        raise InvalidInput({"answers": Reason("safety.unknown_answer")})
    row = FirstRisk.objects.create(
        person_id=person_id,
        episode_id=episode_id,
        answers=dict(answers),
        asked_at=asked_at or tx.now,
        asked_by_id=tx.actor.user_id,
    )
    raised = rules.flags_raised(answers)
    for kind in raised:
        _raise_flag(tx, person_id=person_id, kind=kind, note="")
    tx.record(
        events.FirstRiskRecorded(person_id=person_id, first_risk_id=row.pk, episode_id=episode_id)
    )
    return FirstRiskResult(row.pk, tuple(raised))


def _raise_flag(tx: Transaction, *, person_id: int, kind: str, note: str) -> int:
    lock_same_human(tx, [person_id])
    up = Flag.objects.filter(person_id=person_id, kind=kind).filter(
        Q(ends_at=None) | Q(ends_at__gt=tx.now)
    )
    if (standing := up.first()) is not None:
        if note in ("", standing.note):
            return standing.pk
        _lower(tx, standing, reason="")
    flag = Flag.objects.create(
        person_id=person_id,
        kind=kind,
        note=note,
        starts_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    if rules.LABEL_OF.get(kind) == "protected":
        _mark_protected(person_id)
    tx.record(
        events.FlagRaised(person_id=person_id, flag_id=flag.pk),
        details={"kind": kind, "note": note},
    )
    return flag.pk


def _lower(tx: Transaction, flag: Flag, reason: str) -> None:
    flag.ends_at, flag.end_reason = tx.now, reason
    flag.save(update_fields=["ends_at", "end_reason"])
    tx.record(
        events.FlagLowered(person_id=flag.person_id, flag_id=flag.pk), details={"reason": reason}
    )


def _end_pair(tx: Transaction, row: KeepApart, *, reason: str) -> None:
    row.ends_at, row.end_reason = tx.now, reason
    row.save(update_fields=["ends_at", "end_reason"])
    for person in (row.person_a_id, row.person_b_id):
        tx.record(
            events.KeepApartEnded(person_id=person, keep_apart_id=row.pk),
            details={"reason": reason},
        )


def _mark_protected(person_id: int) -> None:
    """Every record of somebody with a flag of a victim or informant up is reached only by those
    who may see these; when the last such flag is down the mark goes."""
    records = people.persons_of(person_id)
    kinds = [kind for kind, label in rules.LABEL_OF.items() if label == "protected"]
    protected = Flag.objects.filter(person_id__in=records, kind__in=kinds, ends_at=None).exists()
    for record in sorted(records):
        set_scope(
            record,
            add_labels=["protected"] if protected else [],
            drop_labels=[] if protected else ["protected"],
        )


def _why(reason: str, *, limit: int) -> str:
    return clean_field(
        "reason", reason, limit=limit, multiline=True, missing="safety.reason_missing"
    )
