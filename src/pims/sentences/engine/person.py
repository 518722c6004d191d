"""The dates of a person: every chain must be served, so the latest of them governs."""

from collections.abc import Iterable, Sequence
from datetime import date

from pims.sentences.engine.chains import ChainDates
from pims.sentences.engine.result import Dates
from pims.sentences.engine.working import Working


def person_dates(chains: Sequence[ChainDates], working: Working) -> Dates:
    all_dates = [one.dates for one in chains]
    if any(d.full_term_end is None for d in all_dates):
        review = min((d.next_review for d in all_dates if d.next_review), default=None)
        return Dates(ped=_parole(chains, None), next_review=review)
    if len(chains) == 1:
        return all_dates[0]
    edr = _latest(d.edr for d in all_dates)
    governs = next(d for d in all_dates if d.edr == edr)
    person = Dates(
        full_term_end=_latest(d.full_term_end for d in all_dates),
        sentence_expiry=_latest(d.sentence_expiry for d in all_dates),
        remission_days=governs.remission_days,
        edr=edr,
        ldr=_latest(d.ldr for d in all_dates),
        ped=_parole(chains, edr),
        release_day=_latest(d.release_day for d in all_dates),
    )
    working.tell(
        "latest_governs", chains=len(chains), full_term_end=person.full_term_end,
        sentence_expiry=person.sentence_expiry, edr=edr,
    )  # fmt: skip
    return person


def _parole(chains: Sequence[ChainDates], edr: date | None) -> date | None:
    """The day on which every chain allows parole or has been served; None where there is none
    before release, or where it can't be told.

    Of a chain whose day of parole is not known it is certain that it is no later than its release.
    """
    latest: date | None = None
    unknown: list[date] = []
    for one in chains:
        frees = one.dates.ped or one.dates.edr
        if frees is None:
            return None  # without an end, and without a minimum term
        if not one.parole_known:
            unknown.append(frees)
        elif latest is None or frees > latest:
            latest = frees
    if latest is None or any(day > latest for day in unknown):
        return None
    return latest if edr is None or latest < edr else None


def _latest(days: Iterable[date | None]) -> date:
    return max(day for day in days if day is not None)
