"""Items of property as lines of a paper."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from pims.property.selectors import ItemInfo


def item_rows(items: Iterable[ItemInfo]) -> list[list[object]]:
    """Quantity, what it is, condition and amount of each."""
    return [
        [
            item.quantity,
            item.description + (f" ({_('Missing')})" if item.missing_since is not None else ""),
            item.condition,
            amount_text(item),
        ]
        for item in items
    ]


def amount_text(item: ItemInfo) -> str:
    """``1,250.00 BZD``; "" for what is no money."""
    if item.amount_cents is None:
        return ""
    return f"{item.amount_cents // 100:,}.{item.amount_cents % 100:02d} {item.currency}".strip()
