"""Life, and detention at the court's pleasure: no end, but days on which it is looked at again."""

from datetime import date, timedelta

from pims.kernel.terms import last_day, review_day
from pims.sentences.engine.chains import ChainDates, days_claimed
from pims.sentences.engine.days import Account
from pims.sentences.engine.result import Dates, SentenceDates
from pims.sentences.engine.working import Served, Working


def endless(
    served: Served, account: Account, working: Working, answers: list[SentenceDates]
) -> ChainDates:
    sentence, version = served.sentence, served.version
    working.say(
        "no_end", version, ("first_day",), sentence=sentence.number, kind=sentence.kind,
        first_day=served.first,
    )  # fmt: skip
    dates = Dates(
        ped=_minimum_served(served, account, working), next_review=_next_review(served, working)
    )
    answers.append(SentenceDates(sentence.number, served.first, dates))
    return ChainDates(served.first, dates)


def _minimum_served(served: Served, account: Account, working: Working) -> date | None:
    """The day on which the minimum term is complete, absences apart; None without one."""
    sentence, rule = served.sentence, served.version.life
    if sentence.kind != "life" or rule is None or sentence.term.is_nothing:
        return None
    minimum = last_day(served.first, sentence.term, served.version.month_rule)
    credit = 0
    if rule.credit_counts:
        claimed = account.claimed(days_claimed(sentence))
        credit = sum(days for _adjustment, days in claimed)
    due = minimum - timedelta(days=credit)
    ped = max(account.served_on(served.first, due), served.first)
    at_large = sum(one.days for one in account.at_large(served.first, due))
    working.say(
        "minimum_term", served.version, ("life", "months", "credit", "at_large"),
        sentence=sentence.number, last_day=minimum, credit=credit, at_large=at_large, ped=ped,
    )  # fmt: skip
    return ped


def _next_review(served: Served, working: Working) -> date | None:
    """As the court named it; else the last of so many months from the last review, or from the
    first day, which counts."""
    sentence, months = served.sentence, served.version.review_months
    if sentence.review_on is not None:
        working.tell("review_named", sentence=sentence.number, next_review=sentence.review_on)
        return sentence.review_on
    if months is None:
        return None
    review = review_day(sentence.reviewed_on or served.first, months, served.version.month_rule)
    working.say(
        "next_review", served.version, ("review", "months"), sentence=sentence.number,
        months=months, next_review=review,
    )  # fmt: skip
    return review
