"""Every write of the safety room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pims.foundation.access.person_scope import set_scope
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
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
    """Raise a flag; one that is up already is returned as it is. Raises InvalidInput."""
    tx.require_person("safety.record", person_id)
    if kind not in Flag.Kind.values:
        raise InvalidInput({"kind": Reason("safety.unknown_flag", {"kind": kind})})
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
    tx.lock_persons([person_id])
    flag = Flag.objects.get(pk=flag_id)
    if not reason.strip():
        raise InvalidInput({"reason": Reason("safety.reason_missing")})
    if flag.ends_at is None:
        flag.ends_at, flag.end_reason = tx.now, reason.strip()[:300]
        flag.save(update_fields=["ends_at", "end_reason"])
        tx.record(
            events.FlagLowered(person_id=person_id, flag_id=flag.pk), details={"reason": reason}
        )
    return FlagResult(flag.pk)


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
    """Keep two people apart from now on. Raises InvalidInput (the same person, no reason).

    `protected` hides the pair from whoever may not see informants and victims; placement
    obeys it all the same.
    """
    tx.require_person("safety.record", person_id)
    tx.lock_persons([person_id, other_person_id])
    wrong: dict[str, Reason] = {}
    if person_id == other_person_id:
        wrong["other_person_id"] = Reason("safety.same_person")
    if level not in KeepApart.Level.values:
        wrong["level"] = Reason("safety.unknown_level", {"level": level})
    if not reason.strip():
        wrong["reason"] = Reason("safety.reason_missing")
    if wrong:
        raise InvalidInput(wrong)
    low, high = sorted((person_id, other_person_id))
    open_pair = KeepApart.objects.filter(person_a_id=low, person_b_id=high, ends_at=None).first()
    if open_pair is not None:
        return KeepApartResult(open_pair.pk)
    row = KeepApart.objects.create(
        person_a_id=low,
        person_b_id=high,
        level=level,
        reason=reason.strip(),
        protected=protected,
        starts_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    for person in (low, high):
        tx.record(events.KeptApart(person_id=person, keep_apart_id=row.pk))
    return KeepApartResult(row.pk)


@service
def end_keep_apart(tx: Transaction, *, keep_apart_id: int, reason: str) -> KeepApartResult:
    """They may meet again. Raises NotFound, InvalidInput (no reason)."""
    row = KeepApart.objects.filter(pk=keep_apart_id).first()
    if row is None:
        raise NotFound("keep_apart", keep_apart_id)
    tx.lock_persons([row.person_a_id, row.person_b_id])
    tx.require_person("safety.record", row.person_a_id)
    if row.protected:
        tx.require_person(rules.MAY_SEE["protected"], row.person_a_id)
    if not reason.strip():
        raise InvalidInput({"reason": Reason("safety.reason_missing")})
    row.refresh_from_db()
    if row.ends_at is None:
        row.ends_at, row.end_reason = tx.now, reason.strip()[:300]
        row.save(update_fields=["ends_at", "end_reason"])
        for person in (row.person_a_id, row.person_b_id):
            tx.record(events.KeepApartEnded(person_id=person, keep_apart_id=row.pk))
    return KeepApartResult(row.pk)


@service
def record_first_risk(
    tx: Transaction,
    *,
    person_id: int,
    episode_id: int,
    answers: Mapping[str, str],
    asked_at: datetime,
) -> FirstRiskResult:
    """Keep the answers and raise the flags that they call for. Raises InvalidInput."""
    tx.require_person("custody.admit", person_id)
    if set(answers) - set(rules.QUESTIONS) or set(answers.values()) - set(rules.ANSWERS):
        raise InvalidInput({"answers": Reason("safety.unknown_answer")})
    row = FirstRisk.objects.create(
        person_id=person_id,
        episode_id=episode_id,
        answers=dict(answers),
        asked_at=asked_at,
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
    tx.lock_persons([person_id])
    up = Flag.objects.filter(person_id=person_id, kind=kind).filter(
        Q(ends_at=None) | Q(ends_at__gt=tx.now)
    )
    if (standing := up.first()) is not None:
        return standing.pk
    flag = Flag.objects.create(
        person_id=person_id,
        kind=kind,
        note=note.strip()[:500],
        starts_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    if rules.LABEL_OF.get(kind) == "protected":
        set_scope(person_id, add_labels=["protected"])
    tx.record(events.FlagRaised(person_id=person_id, flag_id=flag.pk), details={"kind": kind})
    return flag.pk
