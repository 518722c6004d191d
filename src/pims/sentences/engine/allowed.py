"""What the law takes off a chain or allows in it: remission, parole, the day the gate opens."""

from dataclasses import dataclass
from datetime import date, timedelta

from pims.jurisdictions.sentence_law import LawVersion, Parole
from pims.sentences.engine.days import DAY, Account
from pims.sentences.engine.working import Served, Working


@dataclass(frozen=True, slots=True)
class Remitted:
    """Days of remission that a chain earns, those forfeited and restored, and those kept."""

    earned: int
    forfeited: int
    restored: int
    kept: int


def remitted(chain: list[Served], account: Account, expiry: date) -> Remitted:
    """Remission on the whole of what is served together, as pronounced."""
    rule = chain[0].version.remission
    days = (chain[-1].last - chain[0].first).days + 1
    earned = 0 if rule is None or days <= rule.over_days else rule.share.of(days)
    first = chain[0].first
    forfeited = account.awarded("additional_days", first, expiry)
    restored = account.awarded("restored_days", first, expiry)
    return Remitted(earned, forfeited, restored, min(max(earned - forfeited + restored, 0), earned))


@dataclass(slots=True)
class ParolePart:
    """The days that must be served before parole, as the sentences of a chain add to them.

    `known` is no longer so once the class of an offence in the chain is not recorded.
    """

    days: int = 0
    known: bool = True

    def add(self, served: Served, rule: Parole, working: Working) -> None:
        offence_class = served.sentence.offence_class
        share = rule.shares.get(offence_class)
        if share is None:
            self.known = False
            working.find(
                "remark", "class_not_known", served.sentence.number,
                sentence=served.sentence.number,
            )  # fmt: skip
            return
        part = share.of(served.days)
        self.days += part
        working.say(
            "parole_part", served.version, ("parole",), sentence=served.sentence.number,
            offence_class=offence_class, fraction=str(share.fraction), days=served.days, part=part,
        )  # fmt: skip


def parole_day(chain: list[Served], part: ParolePart, account: Account) -> date | None:
    """The day on which the part that must be served is complete; None: this law has no parole for
    so short a time, or it can't be told."""
    rule, first = chain[0].version.parole, chain[0].first
    total = (chain[-1].last - first).days + 1
    if rule is None or not part.known or total <= rule.over_days:
        return None
    credit = chain[-1].credit if rule.credit_counts else 0
    return max(account.served_on(first, first + timedelta(days=part.days - 1 - credit)), first)


def release_day(edr: date, lowest: date, version: LawVersion) -> date:
    """The day on which somebody due on `edr` goes: never later, and not before `lowest`.

    Where every day from `lowest` on is one of a closed gate, it opens on `edr` all the same.
    """
    rule = version.release_day
    if rule is None:
        return edr
    day = edr
    while rule.is_closed(day):
        day -= DAY
        if day < lowest:
            return edr
    return day
