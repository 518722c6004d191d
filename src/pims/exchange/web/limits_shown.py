"""The limits under which messages leave, for officers to read. They are not set on a page."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.exchange import limits
from pims.exchange.feed import heartbeat
from pims.exchange.rules.retry import Schedule
from pims.exchange.web import delivering_words as words
from pims.exchange.webhooks import loading, sending
from pims.ui.shapes import Fact


def of_sending() -> list[Fact]:
    """How the courier pushes, tries again and gives up."""
    schedule: Schedule = loading.SCHEDULE
    first = int(schedule.first.total_seconds())
    seconds = ngettext("%(n)d second", "%(n)d seconds", first) % {"n": first}
    whole = int(sending.WHOLE_SECONDS)
    waits = ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
    return [
        Fact(_("One answer is waited for"), waits),
        Fact(_("Tried again for the first time after"), seconds),
        Fact(_("Then after twice as long each time, at most"), words.span(schedule.longest)),
        Fact(_("Given up after"), words.span(schedule.give_up)),
        Fact(_("Messages to one address at once"), sending.AT_ONCE),
        Fact(_("A sign of life every"), words.span(heartbeat.EVERY)),
        Fact(_("Silence is noticed after"), words.span(heartbeat.SILENT_AFTER)),
    ]


def of_holding(language: str) -> list[Fact]:
    """Beyond which numbers the breaker holds messages."""
    found = [
        Fact(
            ", ".join(words.type_name(kind, language) for kind in sorted(one.types)),
            _at_most(one.most, words.span(one.within)),
        )
        for one in limits.limits()
    ]
    late = limits.lateness()
    label = gettext("More than %(after)s late") % {"after": words.span(late.after)}
    return [*found, Fact(label, _at_most(late.most, words.span(late.within)))]


def _at_most(most: int, within: str) -> str:
    return gettext("at most %(most)d within %(within)s") % {"most": most, "within": within}
