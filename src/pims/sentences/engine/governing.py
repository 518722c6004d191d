"""Which version of the law governs each sentence, and what the law given has no rule for."""

from collections.abc import Iterator
from datetime import date

from pims.jurisdictions.sentence_law import Law, LawVersion
from pims.sentences.engine.case import DEFAULTS, Case, Finding, Outcome, Sentence


def governing(case: Case, law: Law, found: list[Finding]) -> list[LawVersion]:
    """The version for each sentence, in order; what keeps one from being told goes to `found`."""
    versions: list[LawVersion] = []
    for sentence in case.sentences:
        passed_on = min(sentence.pronounced_on, sentence.first_day)
        if law.by == "sentence":
            passed_on = sentence.pronounced_on
        candidates = law.versions_for(passed_on=passed_on, offence_on=sentence.offence_on)
        if not candidates:
            found.append(_finding("unsupported", "no_law_for_the_date", sentence, law))
        elif len(candidates) > 1:
            found.append(_finding("needs_person", "offence_date_missing", sentence, law))
        else:
            versions.append(candidates[0])
            found += _without_rule(sentence, candidates[0], case, law)
    return versions


def _without_rule(
    sentence: Sentence, version: LawVersion, case: Case, law: Law
) -> Iterator[Finding]:
    if sentence.kind == "juvenile_order":
        yield _finding("unsupported", "no_rule_for_juvenile_order", sentence, law)
    elif sentence.kind == "life":
        yield from _of_life(sentence, version, case, law)
    elif sentence.kind == "pleasure":
        if not sentence.term.is_nothing:
            yield _finding("unsupported", "minimum_of_pleasure", sentence, law)
        if sentence.review_on is None and version.review_months is None:
            yield _finding("unsupported", "no_rule_for_review", sentence, law)
    if (
        version.part_payment is None
        and sentence.kind in DEFAULTS
        and sentence.amount_cents is not None
        and 0 < paid_in_parts(case, sentence) < sentence.amount_cents
    ):
        yield _finding("unsupported", "no_rule_for_part_payment", sentence, law)
    under, born = version.juvenile_under, case.born_on
    if under is not None and born is not None and age(born, sentence.pronounced_on) < under:
        yield _finding("unsupported", "no_rule_for_juveniles", sentence, law, under=under)


def _of_life(sentence: Sentence, version: LawVersion, case: Case, law: Law) -> Iterator[Finding]:
    rule, born = version.life, case.born_on
    if rule is None:
        yield _finding("unsupported", "no_rule_for_life", sentence, law)
        return
    if rule.minimum_required and sentence.term.is_nothing:
        yield _finding("needs_person", "life_without_minimum", sentence, law)
    committed = sentence.offence_on or sentence.pronounced_on
    if born is not None and age(born, committed) < rule.from_age:
        yield _finding("needs_person", "life_of_the_young", sentence, law, age=rule.from_age)


def paid_in_parts(case: Case, sentence: Sentence) -> int:
    """What was paid towards a default, in cents, full payment apart."""
    return sum(
        a.paid_cents or 0
        for a in case.adjustments
        if a.kind == "fine_part_paid" and a.sentence == sentence.number
    )


def age(born_on: date, day: date) -> int:
    """In whole years; whoever was born on 29 February is a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _finding(
    outcome: Outcome, what: str, sentence: Sentence, law: Law, **params: object
) -> Finding:
    given = {"sentence": sentence.number, "law": law.code} | params
    return Finding(outcome, f"sentences.{what}", given, (sentence.number,))
