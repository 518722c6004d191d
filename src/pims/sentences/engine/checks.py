"""What contradicts what in a case, before any date is worked out from it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from pims.kernel.terms import LONGEST_YEARS
from pims.sentences.engine.adjustment_checks import of_adjustments
from pims.sentences.engine.case import Case, Finding, Sentence

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def findings(case: Case) -> list[Finding]:
    """Everything wrong with the case, each thing once; empty where it can be worked out."""
    return [
        *case.faults,
        *_of_sentences(case),
        *_of_links(case),
        *of_adjustments(case),
        *_of_days(case),
    ]


def _of_sentences(case: Case) -> Iterator[Finding]:
    if not case.sentences and all(one.outcome == "remark" for one in case.faults):
        yield Finding("invalid", "sentences.no_sentence")
    for number, times in Counter(s.number for s in case.sentences).items():
        if times > 1:
            yield _invalid("number_repeated", number)
    for sentence in case.sentences:
        yield from _of_term(sentence)
        yield from _of_order(sentence)
        if case.as_of is not None and sentence.pronounced_on > case.as_of:
            yield _invalid(
                "not_yet_pronounced",
                sentence.number,
                pronounced_on=sentence.pronounced_on,
                as_of=case.as_of,
            )


def _of_term(sentence: Sentence) -> Iterator[Finding]:
    number, term = sentence.number, sentence.term
    if term.is_negative:
        yield _invalid("term_negative", number)
    elif term.is_nothing and not sentence.is_endless:
        yield _invalid("term_of_nothing", number)
    elif term.is_too_long:
        yield _invalid("term_too_long", number, most_years=LONGEST_YEARS)


def _of_order(sentence: Sentence) -> Iterator[Finding]:
    """The offence, then the sentence; no sentence from a day before its offence."""
    number, offence = sentence.number, sentence.offence_on
    if offence is None:
        return
    if offence > sentence.pronounced_on:
        yield _invalid(
            "before_offence", number, pronounced_on=sentence.pronounced_on, offence_on=offence
        )
    elif offence > sentence.first_day:
        yield _invalid(
            "effective_before_offence",
            number,
            effective_from=sentence.first_day,
            offence_on=offence,
        )


def _of_links(case: Case) -> Iterator[Finding]:
    by_number = {s.number: s for s in case.sentences}
    linked = [s for s in case.sentences if s.consecutive_to is not None]
    if not linked:
        return
    for sentence in linked:
        yield from _of_link(sentence, by_number)
    for after, times in Counter(s.consecutive_to for s in linked).items():
        if times > 1 and after in by_number:
            both = tuple(s.number for s in linked if s.consecutive_to == after)
            params: dict[str, object] = {"after": after, "sentences": list(both)}
            yield Finding("needs_person", "sentences.branch", params, both)
    if loop := _loop(by_number):
        yield Finding("invalid", "sentences.loop", {"sentences": list(loop)}, loop)


def _of_link(sentence: Sentence, by_number: dict[int, Sentence]) -> Iterator[Finding]:
    number, after = sentence.number, sentence.consecutive_to
    before = None if after is None else by_number.get(after)
    if after == number:
        yield _invalid("follows_itself", number, after=after)
    elif before is None:
        # A number that is not in this case: a slip, or a sentence of somebody else.
        yield _invalid("follows_unknown", number, after=after)
    else:
        both: dict[str, object] = {"sentence": number, "after": after}
        if before.pronounced_on > sentence.pronounced_on:
            yield Finding("needs_person", "sentences.follows_a_later_one", both, (number,))
        if before.is_endless or sentence.is_endless:
            pair = (before.number, number)
            yield Finding("unsupported", "sentences.life_in_a_chain", both, pair)
    if sentence.effective_from is not None:
        yield _invalid(
            "follows_and_has_a_first_day",
            number,
            after=after,
            effective_from=sentence.effective_from,
        )


def _loop(by_number: dict[int, Sentence]) -> tuple[int, ...]:
    """The numbers of sentences that follow one another in a circle; empty where none do.

    A sentence that follows itself is said so on its own.
    """
    done: set[int] = set()
    for start in by_number:
        path: list[int] = []
        at: int | None = start
        while at is not None and at in by_number and at not in done:
            if at in path:
                found = path[path.index(at) :]
                if len(found) > 1:
                    return tuple(sorted(found))
                break
            path.append(at)
            at = by_number[at].consecutive_to
        done.update(path)
    return ()


def _of_days(case: Case) -> Iterator[Finding]:
    """Days that no living person can have served under: slips of the pen or of the keyboard."""
    for field, day in (("as_of", case.as_of), ("born_on", case.born_on)):
        if _is_unlikely(day):
            yield _unlikely(field, day)
    for s in case.sentences:
        for field in (
            "pronounced_on", "effective_from", "offence_on", "review_on", "reviewed_on",
        ):  # fmt: skip
            if _is_unlikely(day := getattr(s, field)):
                yield _unlikely(field, day, s.number)
        if case.born_on is not None and case.born_on > (s.offence_on or s.pronounced_on):
            yield _invalid("before_birth", s.number, born_on=case.born_on)
    for a in case.adjustments:
        for field, day in (("from", a.starts), ("to", a.ends), ("applies_from", a.applies_from)):
            if _is_unlikely(day):
                yield _unlikely(field, day)


def _is_unlikely(day: date | None) -> bool:
    return day is not None and not EARLIEST <= day <= LATEST


def _unlikely(field: str, day: date | None, *sentences: int) -> Finding:
    params: dict[str, object] = {"field": field, "value": day}
    return Finding("invalid", "sentences.day_unlikely", params, sentences)


def _invalid(what: str, number: int, **params: object) -> Finding:
    return Finding("invalid", f"sentences.{what}", {"sentence": number} | params, (number,))
