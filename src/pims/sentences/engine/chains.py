"""Sentences that follow one another, served as one stretch: from its first day to its dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pims.jurisdictions.sentence_law import LawVersion
from pims.kernel.terms import last_day
from pims.sentences.engine.allowed import (
    ParolePart,
    Remitted,
    parole_day,
    release_day,
    remitted,
)
from pims.sentences.engine.case import DEFAULTS, Case, Sentence
from pims.sentences.engine.days import DAY, Account
from pims.sentences.engine.defaults import Clock, pay
from pims.sentences.engine.result import Dates, SentenceDates
from pims.sentences.engine.working import Served, Working


@dataclass(frozen=True, slots=True)
class ChainDates:
    """The dates of a chain. `parole_known`: whether its `ped`, or that it has none, is certain."""

    first: date
    dates: Dates
    parole_known: bool = True


def chains(case: Case, versions: Sequence[LawVersion]) -> list[list[Served]]:
    """Each sentence that follows none, with those that follow it in turn."""
    by_number = {
        s.number: Served(s, version, s.first_day, s.first_day)
        for s, version in zip(case.sentences, versions, strict=True)
    }
    after = {s.consecutive_to: s for s in case.sentences if s.consecutive_to is not None}
    found: list[list[Served]] = []
    for sentence in case.sentences:
        if sentence.consecutive_to is None:
            chain: list[Served] = []
            at: Sentence | None = sentence
            while at is not None:
                chain.append(by_number[at.number])
                at = after.get(at.number)
            found.append(chain)
    return found


class Layout:
    """One chain being laid out, sentence by sentence; each gets its dates as if it were the last.

    So the dates of a sentence never hang on what was passed to follow it.
    """

    __slots__ = ("account", "chain", "claims", "clock", "days", "paid", "part", "working")

    def __init__(self, head: Served, account: Account, working: Working) -> None:
        self.account, self.working = account, working
        self.chain: list[Served] = []
        self.clock = Clock(head.sentence.first_day, account)
        self.days: set[date] = set()
        self.claims: list[tuple[Served, int]] = []
        self.part = ParolePart()
        self.paid = False

    def add(self, served: Served, before: Dates | None) -> None:
        """Place the next sentence of the chain; `before` are the dates of those before it."""
        sentence, working = served.sentence, self.working
        if self.chain:
            tail = self.chain[-1]
            served.first = tail.last + DAY
            self._follows(served, tail, before)
        self.chain.append(served)
        self._credit(served)
        whole = last_day(served.first, sentence.term, served.version.month_rule)
        served.last, served.whole = whole, (whole - served.first).days + 1
        term = sentence.term
        working.say(
            "term_ends", served.version,
            ("first_day", "months") if term.whole_months else ("first_day",),
            sentence=sentence.number, first_day=served.first, years=term.years,
            months=term.months, weeks=term.weeks, days=term.days, last_day=whole,
        )  # fmt: skip
        if sentence.kind in DEFAULTS:
            self.paid |= pay(served, self.clock, working)
        if (rule := served.version.parole) is not None and self.part.known:
            self.part.add(served, rule, working)

    def _follows(self, served: Served, tail: Served, before: Dates | None) -> None:
        sentence, working = served.sentence, self.working
        number, after = sentence.number, sentence.consecutive_to
        working.say(
            "follows", served.version, ("consecutive",), sentence=number, after=after,
            first_day=served.first,
        )  # fmt: skip
        old, new = tail.version, served.version
        if old is not new and (old.remission, old.parole) != (new.remission, new.parole):
            working.find(
                "needs_person", "chain_of_two_laws", number, sentence=number, after=after,
                first=old.version, second=new.version,
            )  # fmt: skip
        assert before is not None
        assert before.sentence_expiry is not None
        assert before.edr is not None
        pronounced = sentence.pronounced_on
        for what, ended in (
            ("follows_one_that_was_over", before.sentence_expiry),
            ("follows_one_already_left", before.edr),
        ):
            if pronounced > ended + DAY:
                working.find(
                    "needs_person", what, number, sentence=number, after=after, ended_on=ended,
                    pronounced_on=pronounced,
                )  # fmt: skip
                return

    def _credit(self, served: Served) -> None:
        """What was certified for the day of this sentence, unless one before it has it already."""
        before = self.chain[-2].credit if len(self.chain) > 1 else 0
        new = days_claimed(served.sentence) - self.days
        self.days |= new
        days = 0
        for adjustment, counted in self.account.claimed(new):
            days += counted
            self.working.say(
                "credit", served.version, ("credit",), sentence=served.sentence.number,
                kind=adjustment.kind, days=counted, start=adjustment.starts, end=adjustment.ends,
            )  # fmt: skip
        if days and len(self.chain) > 1:
            self.claims.append((served, days))
        served.credit = before + days

    # -- dates -------------------------------------------------------------------------------
    def dates(self, *, is_last: bool) -> Dates:
        """The dates as they are after the sentences added so far."""
        chain, account = self.chain, self.account
        head, tail = chain[0], chain[-1]
        served = tail.last - timedelta(days=tail.credit)
        expiry = max(account.served_on(head.first, served), head.first)
        remission = remitted(chain, account, expiry)
        edr = expiry
        if remission.kept:
            due = served - timedelta(days=remission.kept)
            edr = max(account.served_on(head.first, due), head.first)
        ped = parole_day(chain, self.part, account)
        gate = release_day(edr, max(head.first, tail.sentence.pronounced_on), tail.version)
        if is_last:
            self._tell(served, expiry, remission, edr, ped)
            if gate != edr:
                self.working.say(
                    "gate_opens", tail.version, ("release_day",), edr=edr, release_day=gate
                )
        return Dates(
            full_term_end=max(tail.last, head.first),
            sentence_expiry=expiry,
            remission_days=remission.earned,
            edr=edr,
            ldr=expiry,
            ped=ped if ped is not None and ped < edr else None,
            release_day=gate,
        )

    def _tell(
        self, served: date, expiry: date, remission: Remitted, edr: date, ped: date | None
    ) -> None:
        chain, working = self.chain, self.working
        head, tail = chain[0], chain[-1]
        numbers = tuple(one.sentence.number for one in chain)
        self._check_credit(numbers)
        at_large = 0
        for absence in self.account.at_large(head.first, served):
            at_large += absence.days
            working.say(
                "at_large", head.version, ("at_large",), sentence=head.sentence.number,
                days=absence.days, start=absence.began, end=absence.adjustment.ends,
            )  # fmt: skip
        working.tell(
            "expires", sentences=list(numbers), full_term_end=tail.last,
            credit=tail.credit, at_large=at_large, sentence_expiry=expiry,
        )  # fmt: skip
        if expiry < tail.sentence.pronounced_on:
            working.find(
                "remark", "over_before_pronounced", *numbers, sentence=tail.sentence.number,
                sentence_expiry=expiry, pronounced_on=tail.sentence.pronounced_on,
            )  # fmt: skip
        if remission.earned:
            self._tell_remission(remission, expiry, edr, numbers)
        if ped is None:
            return
        rule = head.version.parole
        credit = tail.credit if rule is not None and rule.credit_counts else 0
        what = "parole_from" if ped < edr else "released_before_parole"
        working.say(
            what, head.version, ("parole",), part=self.part.days, credit=credit, ped=ped, edr=edr
        )

    def _tell_remission(
        self, remission: Remitted, expiry: date, edr: date, numbers: tuple[int, ...]
    ) -> None:
        working, head = self.working, self.chain[0]
        rule = head.version.remission
        assert rule is not None
        working.say(
            "remission", head.version, ("remission",), sentences=list(numbers),
            days=(self.chain[-1].last - head.first).days + 1, fraction=str(rule.share.fraction),
            remission=remission.earned,
        )  # fmt: skip
        working.say(
            "earliest_release", head.version, ("remission",), remission=remission.earned,
            forfeited=remission.forfeited, restored=remission.restored, kept=remission.kept,
            sentence_expiry=expiry, edr=edr,
        )  # fmt: skip
        if remission.forfeited > remission.earned and remission.restored:
            working.find(
                "needs_person", "restored_of_too_much", *numbers, remission=remission.earned,
                forfeited=remission.forfeited, restored=remission.restored,
            )  # fmt: skip

    def _check_credit(self, numbers: tuple[int, ...]) -> None:
        head, tail = self.chain[0], self.chain[-1]
        term = (tail.last - head.first).days + 1
        if tail.credit > term:
            self.working.find(
                "remark", "credit_exceeds_term", *numbers, credit=tail.credit, term=term
            )
        if self.paid and tail.credit and len(numbers) > 1:
            self.working.find(
                "needs_person", "payment_and_credit", *numbers, sentences=list(numbers),
                credit=tail.credit,
            )  # fmt: skip
        for claimer, days in self.claims:
            day = claimer.sentence.pronounced_on
            own = sum(one.days for one in self.chain if one.sentence.pronounced_on == day)
            if days > own:
                self.working.find(
                    "needs_person", "credit_exceeds_its_part", claimer.sentence.number,
                    sentence=claimer.sentence.number, credit=days, term=own,
                )  # fmt: skip


def lay_out(
    chain: list[Served], account: Account, working: Working, answers: list[SentenceDates]
) -> ChainDates:
    """The dates of a chain; those of each of its sentences go to `answers`."""
    layout = Layout(chain[0], account, working)
    dates: Dates | None = None
    for place, served in enumerate(chain, 1):
        layout.add(served, dates)
        dates = layout.dates(is_last=place == len(chain))
        answers.append(SentenceDates(served.sentence.number, served.first, dates))
    assert dates is not None
    return ChainDates(chain[0].first, dates, parole_known=layout.part.known)


def days_claimed(sentence: Sentence) -> set[date]:
    """The days for which credit, certified for them, counts for a sentence."""
    return {sentence.pronounced_on, sentence.first_day}
