"""What courts charge and order in the simulated prison: planned before anything is written. Pure.

A term is chosen so that the person is due when the plan has it: the engine that will work the
dates out is asked, so that no paper contradicts its calculation.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from pims.demo.people import MadePerson, settings
from pims.jurisdictions.courts import courts, doubt_of_day, next_sitting
from pims.jurisdictions.holidays import is_closed
from pims.jurisdictions.offences import offences
from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Adjustment, Case, Sentence, Term, calculate
from pims.sentences.engine.result import Dates

# How far ahead at least a paper ends whose end is no release, and a release that was prepared.
AHEAD, NEAR = timedelta(days=16), timedelta(days=6)
BEHAVIOUR = "Behaviour beyond the control of the parents"
# Kind of warrant -> the kind of order that becomes one.
ORDER_KINDS = {
    "remand": "remand", "committal_sentence": "commitment_sentence",
    "life_sentence": "life_minimum", "fine_default": "fine_default",
    "compensation_default": "compensation_default", "immigration": "immigration_detention",
    "civil": "civil_commitment", "unfit_to_plead": "unfit_to_plead",
    "courts_pleasure": "courts_pleasure", "juvenile_behaviour": "juvenile_behaviour",
    "emergency": "emergency_detention",
}  # fmt: skip
SENTENCED = frozenset({"committal_sentence", "fine_default", "compensation_default"})


@dataclass(frozen=True, slots=True)
class PlannedCharge:
    """`code` is of the offence table, "" where the paper's words are all there is."""

    code: str
    as_written: str
    offence_on: date

    @property
    def grade(self) -> str:
        found = offences().get(self.code)
        return "" if found is None else found.grade


@dataclass(frozen=True, slots=True)
class PlannedSentence:
    """`charge` counts the charges of the stay from 0; `follows` is the sentence that it is
    consecutive to, counted from 1."""

    term: Term
    charge: int = 0
    follows: int | None = None
    effective_from: date | None = None


@dataclass(frozen=True, slots=True)
class Judgment:
    """One commitment: pronounced on `on`, with what was certified since.

    `until` is the last day of the terms on the paper, `release_day` when the gate opens.
    `minimum_years` is of a life sentence alone, which has neither.
    """

    kind: str
    on: date
    sentences: tuple[PlannedSentence, ...] = ()
    amount_cents: int | None = None
    credit_days: int = 0
    forfeited_days: int = 0
    forfeited_on: date | None = None
    minimum_years: int | None = None
    until: date | None = None
    release_day: date | None = None
    dates: Dates | None = None

    @property
    def order_kind(self) -> str:
        return ORDER_KINDS[self.kind]


def charges(rng: Random, pool: str, arrives: date, person: MadePerson) -> tuple[PlannedCharge, ...]:
    """One to three charges from a pool of the settings, each with the day of the offence.

    The offence is before the arrival, and of a life sentence after the eighteenth birthday.
    """
    if pool == "behaviour":
        return (PlannedCharge("", BEHAVIOUR, arrives - timedelta(days=rng.randint(1, 30))),)
    codes = settings()["charges"][pool]
    count = rng.choices((1, 2, 3), settings()["assumed"]["charges"])[0]
    before = (30, 700) if pool in ("convicted", "life") else (1, 40)
    on = arrives - timedelta(days=rng.randint(*before))
    if pool == "life":
        on = min(arrives, max(on, person.birth + timedelta(days=18 * 366)))
    chosen = rng.sample(codes, min(count, len(codes)))
    return tuple(PlannedCharge(code, offences()[code].label["en"], on) for code in chosen)


def sitting(court: str, day: date) -> date:
    """The day, or the next one on which the court sits; offices are open where it never sits."""
    if courts()[court].sits:
        found = next_sitting(court, day - timedelta(days=1))
        if found is not None:
            return found
    while is_closed(day):
        day += timedelta(days=1)
    return day


def sitting_before(court: str, day: date) -> date:
    """The day, or the last one before it on which the court sits."""
    while is_closed(day) or doubt_of_day(court, day) is not None:
        day -= timedelta(days=1)
    return day


def life(rng: Random, on: date, end: date) -> Judgment:
    """A minimum term that is not served yet."""
    served = (end - on).days // 365
    return Judgment("life_sentence", on, minimum_years=max(rng.randint(18, 32), served + 2))


def commitment(
    rng: Random,
    kind: str,
    on: date,
    planned: Sequence[PlannedCharge],
    *,
    due_from: date,
    end: date,
    held_since: date | None = None,
) -> Judgment:
    """Terms by which the person is due on `due_from` or as soon after as whole months have it.

    `held_since` is the first day on remand here, which is certified as credit. `end` is the last
    day of the plan: nothing is certified for later.
    """
    assumed = settings()["assumed"]
    amount = rng.choice((20_000, 50_000, 100_000, 150_000, 300_000))
    shape = Judgment(kind, on, amount_cents=None if kind == "committal_sentence" else amount)
    single = kind != "committal_sentence"
    extra = 0 if single else len(planned) - 1
    consecutive = rng.random() < assumed["consecutive"]
    share = rng.choice((2, 3, 4))
    if held_since is not None:
        shape = replace(shape, credit_days=max(0, (on - held_since).days))
    elif not single and rng.random() < assumed["certified_credit"]:
        shape = replace(shape, credit_days=rng.randint(5, 160))
    elif not single and rng.random() < assumed["backdated"]:
        # The offence came first.
        back = max(on - timedelta(days=rng.randint(10, 120)), planned[0].offence_on)
        shape = _of(shape, Term(months=1), effective_from=back)
    effective = shape.sentences[0].effective_from if shape.sentences else None
    last = min(end, due_from) - timedelta(days=8)
    if not single and rng.random() < assumed["forfeited"] and (last - on).days > 200:
        shape = replace(
            shape,
            forfeited_days=rng.choice((7, 14, 21, 30)),
            forfeited_on=on + timedelta(days=rng.randint(60, (last - on).days)),
        )

    def with_term(term: Term) -> Judgment:
        return _of(
            shape, term, extra=extra, share=share, consecutive=consecutive,
            effective_from=effective,
        )  # fmt: skip

    return _first(_MONTHS, with_term, due_from)


def short_of(judgment: Judgment, *, due_from: date, due_by: date) -> Judgment | None:
    """The same with one term in days, due as near to `due_from` as can be and by `due_by`."""
    plain = replace(judgment, forfeited_days=0, forfeited_on=None)
    most = ((due_by - judgment.on).days + judgment.credit_days + 3) * 3 // 2 + 2
    terms = [Term(days=n) for n in range(1, most + 1)]
    found = _first(terms, lambda term: _of(plain, term), min(due_from, due_by))
    while found.release_day is not None and found.release_day > due_by:
        days = found.sentences[0].term.days - 1
        if days < 1:
            return None
        found = dated(_of(plain, Term(days=days)))
    return found


def until_day(kind: str, on: date, last: date) -> Judgment:
    """One term that ends, by the paper, on that very day."""
    return dated(Judgment(kind, on, (PlannedSentence(Term(days=max(1, (last - on).days + 1))),)))


def dated(judgment: Judgment, classes: Sequence[str] = ()) -> Judgment:
    """With the dates that the engine finds, of somebody grown. `classes` are of the sentences.

    Without any where it finds none: credit longer than the term, a link to a term served before.
    """
    dates = _dates(judgment, classes)
    if dates is None:
        return replace(judgment, until=None, release_day=None, dates=None)
    return replace(
        judgment, until=dates.full_term_end, release_day=dates.release_day or dates.edr, dates=dates
    )


def may_be_young(person: MadePerson, on: date) -> bool:
    """Whether by what the record knows of the birth the person may have been under 18."""
    if person.birth_known == "unknown":
        return False
    born = person.birth if person.birth_known == "day" else date(person.birth.year, 12, 31)
    return (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < 18


_MONTHS = [
    *(Term(days=n) for n in (7, 10, 14, 21, 28)),
    *(Term(months=n) for n in range(1, 12)),
    *(Term(years=n // 12, months=n % 12) for n in range(12, 36, 3)),
    *(Term(years=n // 12, months=n % 12) for n in range(36, 481, 6)),
]  # fmt: skip


def _first(terms: Sequence[Term], make: Callable[[Term], Judgment], due_from: date) -> Judgment:
    """The shortest of the terms, which come in order, by which nobody is due before that day."""

    def release(term: Term) -> date:
        return dated(make(term)).release_day or date.min

    at = bisect_left(terms, due_from, key=release)
    return dated(make(terms[min(at, len(terms) - 1)]))


def _of(
    shape: Judgment,
    term: Term,
    *,
    extra: int = 0,
    share: int = 2,
    consecutive: bool = False,
    effective_from: date | None = None,
) -> Judgment:
    """The principal term for the first charge; each further one has a part of it."""
    months = (term.years * 12 + term.months) // share
    rest = Term(years=months // 12, months=months % 12) if months else Term(days=5)
    sentences = [PlannedSentence(term, 0, None, effective_from)]
    for number in range(1, extra + 1):
        follows = number if consecutive else None
        sentences.append(
            PlannedSentence(rest, number, follows, None if follows else effective_from)
        )
    return replace(shape, sentences=tuple(sentences))


def _dates(judgment: Judgment, classes: Sequence[str]) -> Dates | None:
    adjustments = []
    if judgment.credit_days:
        adjustments.append(
            Adjustment("remand", days=judgment.credit_days, applies_from=judgment.on)
        )
    if judgment.forfeited_on is not None:
        adjustments.append(
            Adjustment(
                "additional_days", days=judgment.forfeited_days, starts=judgment.forfeited_on
            )
        )
    kind = "imprisonment" if judgment.kind == "committal_sentence" else judgment.kind
    case = Case(
        "plan",
        tuple(
            Sentence(
                number=number,
                pronounced_on=judgment.on,
                term=one.term,
                consecutive_to=one.follows,
                effective_from=one.effective_from,
                kind=kind,  # type: ignore[arg-type]
                offence_class=classes[number - 1] if classes else "lesser",  # type: ignore[arg-type]
                amount_cents=judgment.amount_cents,
            )
            for number, one in enumerate(judgment.sentences, 1)
        ),
        tuple(adjustments),
        as_of=judgment.on,
    )
    found = calculate(case, sentence_law("belize"), signed=frozenset())
    return found.dates if found.status == "calculated" else None
