"""Which messages an agency is told, judged a second time after the database.

The database judges the same in `sql/40_feed.sql`; the two are written apart and compared.
"""

from pims.exchange.rules.policy import reaches
from pims.exchange.rules.terms import Terms

CUSTODY, HEARTBEAT = "custody", "heartbeat"


def tells(
    terms: Terms,
    judged_as: str,
    facets_before: frozenset[str],
    facets_after: frozenset[str],
    labels: frozenset[str],
) -> bool:
    """Whether a message is for the agency: a type that the terms name, about somebody whom it
    might know of as custody was before, or as it was after.

    `judged_as` is the message's type, or that of the one which it takes back; `labels` are those
    of then and those of now together. What names nobody is for everybody who is told of anything.
    """
    if judged_as == HEARTBEAT:
        return bool(terms.events)
    return judged_as in terms.events and any(
        reaches(terms, CUSTODY, facets, labels) for facets in (facets_before, facets_after)
    )
