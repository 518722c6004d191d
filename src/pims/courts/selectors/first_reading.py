"""An order as it was keyed first, in the shape in which readings are compared.

Never for whoever still has to read it blind.
"""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from pims.courts.models import CourtOrder, Sentence
from pims.courts.rules import readings as rules
from pims.facilities import selectors as facilities


def first_reading(order: CourtOrder) -> rules.Reading:
    standing = order.sentences.filter(state=Sentence.State.STANDS).order_by("position")
    default = {
        "pronounced_on": spoken_on(order),
        "effective_from": None,
        "amount_cents": order.amount_cents,
    }
    return rules.Reading(
        {name: plain(getattr(order, name)) for name in rules.ORDER_FIELDS},
        [
            {name: plain(_own(one, name, default)) for name in rules.SENTENCE_FIELDS}
            for one in standing
        ],
    )


def spoken_on(order: CourtOrder) -> date:
    """The day on which a sentence was pronounced of which the paper does not say it apart."""
    where = ZoneInfo(facilities.time_zone(order.establishment_id))
    return order.dated or order.received_at.astimezone(where).date()


def plain(value: object) -> rules.Value:
    """As a reading keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | str) else None


def _own(one: Sentence, name: str, default: Mapping[str, object]) -> object:
    """A field of a sentence; nothing where it says only what the order says already."""
    value = getattr(one, name)
    return None if name in default and value == default[name] else value
