"""One person's calculation with its explanation, and what was certified towards it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from pims.courts.selectors.infos import SentenceInfo
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.sentences import law as laws
from pims.sentences.assembling import Assembled, adjustment_of, assemble
from pims.sentences.engine import Adjustment as EngineAdjustment
from pims.sentences.engine import Calculation as Found
from pims.sentences.engine import Case, calculate
from pims.sentences.keeping import (
    Line,
    OneSentence,
    RuleTold,
    each_sentence,
    kept,
    lines,
    rules_told,
)
from pims.sentences.models import Adjustment, Calculation, HandCalculation
from pims.sentences.selectors.dates import VIEW, ReleaseDates, release_dates


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    adjustment_id: int
    kind: str
    days: int | None
    amount_cents: int | None
    first_day: date | None
    last_day: date | None
    for_pronounced_on: date | None
    sentence: int | None
    basis: str
    recorded_at: datetime
    recorded_by_id: int
    struck_out_at: datetime | None
    struck_out_reason: str

    @property
    def amount(self) -> str:
        return "" if self.amount_cents is None else f"{self.amount_cents / 100:,.2f}"


@dataclass(frozen=True, slots=True)
class HandInfo:
    hand_calculation_id: int
    person_id: int
    edr: date | None
    ldr: date | None
    sentence_expiry: date | None
    full_term_end: date | None
    ped: date | None
    next_review: date | None
    reason: str
    certified_by_id: int
    certified_at: datetime
    second_by_id: int | None
    second_at: datetime | None
    ended_at: datetime | None
    end_kind: str


@dataclass(frozen=True, slots=True)
class CalculationInfo:
    """Everything that the page of a person's sentences shows.

    `numbers` gives each of the courts' sentences the number by which the explanation calls it.
    `made_at` None: not stored yet, worked out for this page alone.
    """

    person_id: int
    dates: ReleaseDates
    law: str
    versions: tuple[str, ...]
    made_at: datetime | None
    provisional_rules: tuple[str, ...]
    explanation: tuple[Line, ...]
    rules: tuple[RuleTold, ...]
    sentences: tuple[SentenceInfo, ...]
    numbers: dict[int, int]
    each: tuple[OneSentence, ...]
    adjustments: tuple[AdjustmentLine, ...]
    counted: tuple[EngineAdjustment, ...] = ()
    hand: HandInfo | None = None
    hands: tuple[HandInfo, ...] = field(default=())


def calculation(
    viewer: Actor, person_id: int, as_of: AsOf | None = None, *, language: str = "en"
) -> CalculationInfo | None:
    """A person's dates with their explanation in a language; None where no sentence stands.

    As known at K the stored answer of that time is told, with the sentences as they are now.
    Raises NotFound, NotPermitted.
    """
    if not viewer.system:
        require_visible(viewer, VIEW, person_id)
    root = people.canonical_id(person_id)
    facts = assemble([root]).get(root)
    dates = release_dates(viewer, [person_id], as_of=as_of).get(person_id)
    if dates is None:
        return None
    rows = Calculation.objects.filter(person_id=root)
    if as_of is None or as_of.known_at is None:
        row = rows.filter(superseded_at=None).first()
    else:
        row = rows.filter(made_at__lte=as_of.known_at).order_by("-made_at", "-pk").first()
    law = laws.law_in_force()
    result = row.result if row is not None else {}
    if row is None and facts is not None:
        signed = laws.signed_rules(law)
        result = kept(calculate(facts.case, law, signed=signed), signed)
    records = people.persons_of(root)
    hands = tuple(_hand(one) for one in _hands(records))
    numbers = dict(facts.numbers) if facts else {}
    rules = rules_told(result, language)
    adjustments = Adjustment.objects.filter(person_id__in=records).order_by("first_day", "pk")
    return CalculationInfo(
        person_id=person_id,
        dates=dates,
        law=row.law if row else law.code,
        versions=tuple(result.get("versions", ())),
        made_at=row.made_at if row else None,
        provisional_rules=tuple(result.get("provisional", ())),
        explanation=tuple(lines(result, language, rules)),
        rules=tuple(rules.values()),
        sentences=facts.sentences if facts else (),
        numbers=numbers,
        each=tuple(each_sentence(result)),
        adjustments=tuple(_adjustment(one, numbers) for one in adjustments),
        counted=facts.case.adjustments if facts else (),
        hand=next((one for one in hands if one.ended_at is None), None),
        hands=hands,
    )


def assembled(viewer: Actor, person_id: int) -> Assembled | None:
    """The case as the engine is given it. Raises NotFound, NotPermitted."""
    if not viewer.system:
        require_visible(viewer, VIEW, person_id)
    root = people.canonical_id(person_id)
    return assemble([root]).get(root)


def worked_out(facts: Assembled) -> Found:
    """Under the law in force, nothing stored."""
    return worked_out_case(facts.case)


def worked_out_case(case: Case) -> Found:
    """A case that is only tried, under the law in force."""
    law = laws.law_in_force()
    return calculate(case, law, signed=laws.signed_rules(law))


def adjustment(viewer: Actor, adjustment_id: int) -> tuple[int, AdjustmentLine] | None:
    """Whose it is and what it says; None where there is none such.

    Raises NotFound, NotPermitted.
    """
    row = Adjustment.objects.filter(pk=adjustment_id).first()
    if row is None:
        return None
    root = people.canonical_id(row.person_id)
    if not viewer.system:
        require_visible(viewer, VIEW, root)
    return root, _adjustment(row, {})


def hand_calculation(viewer: Actor, hand_calculation_id: int) -> HandInfo | None:
    """None where there is none such, or none that the viewer may know of."""
    row = HandCalculation.objects.filter(pk=hand_calculation_id).first()
    if row is None:
        return None
    if not viewer.system:
        require_visible(viewer, VIEW, people.canonical_id(row.person_id))
    return _hand(row)


def _hands(records: frozenset[int]) -> list[HandCalculation]:
    rows = HandCalculation.objects.filter(person_id__in=records)
    return list(rows.order_by("-certified_at", "-pk"))


def _hand(row: HandCalculation) -> HandInfo:
    return HandInfo(
        row.pk, row.person_id, row.edr, row.ldr, row.sentence_expiry, row.full_term_end, row.ped,
        row.next_review, row.reason, row.certified_by_id, row.certified_at, row.second_by_id,
        row.second_at, row.ended_at, row.end_kind,
    )  # fmt: skip


def _adjustment(row: Adjustment, numbers: dict[int, int]) -> AdjustmentLine:
    return AdjustmentLine(
        row.pk, row.kind, row.days, row.amount_cents, row.first_day, row.last_day,
        row.for_pronounced_on, adjustment_of(row, numbers).sentence, row.basis, row.recorded_at,
        row.recorded_by_id, row.struck_out_at, row.struck_out_reason,
    )  # fmt: skip
