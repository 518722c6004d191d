"""A second proof, written without looking at the first: is custody lawful at this very instant?

It knows no reaches and no stretches. It asks each order of the history, by the calendar, whether
it holds now, and is slow. It shares with the other the history and the tables of the law.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.assurance.proof.history import History, Order, Sentence
from pims.jurisdictions.courts import powers
from pims.jurisdictions.order_kinds import OrderKind, order_kinds
from pims.jurisdictions.warrant_kinds import bodies, warrant_kinds

SIX_HOURS = timedelta(hours=6)


class Oracle:
    def __init__(self, history: History) -> None:
        self.history = history
        self.zone = ZoneInfo(history.zone)
        self.kinds = order_kinds("belize")
        self.warrants = warrant_kinds("belize")

    def lawful(self, now: datetime) -> bool:
        return any(self.holds(order, now) for order in self.history.orders)

    # -- one order, at one instant -----------------------------------------------------------

    def holds(self, order: Order, now: datetime) -> bool:
        kind = self.kinds.get(order.kind)
        if kind is None or kind.effect.value not in ("detains", "sentence"):
            return False
        if not self.made_by(order, now) or not self.court_could(order):
            return False
        if self.leads_back(order) or self.fallen(order, now):
            return False
        if self.replaced(order, now) or self.paid(order, now) or self.freed(order, kind, now):
            return False
        return self.by_its_dates(order, kind, now)

    def made_by(self, order: Order, now: datetime) -> bool:
        """Not before its own hour, nor before the day that it bears."""
        if order.dated is None and order.begins is None:
            return order.received_at is not None and now >= order.received_at
        if order.dated is not None and self.day(now) < order.dated:
            return False
        return order.begins is None or now >= order.begins

    def court_could(self, order: Order) -> bool:
        known = {body.code: body.kind for body in bodies("belize")}
        power = powers("belize").get(known.get(order.court, order.court_kind))
        return power is None or order.kind not in power.cannot

    def leads_back(self, order: Order) -> bool:
        named = order.changes
        for _ in self.history.orders:
            if named == order.order_id:
                return True
            following = [one for one in self.history.orders if one.order_id == named]
            if not named or not following:
                return False
            named = following[0].changes
        return False

    def fallen(self, order: Order, now: datetime) -> bool:
        match order.state:
            case "stands":
                return False
            case "void":
                return True
        if order.state_from is None:
            return True
        grace = SIX_HOURS if order.state == "set_aside" else timedelta()
        return now >= order.state_from + grace

    def replaced(self, order: Order, now: datetime) -> bool:
        for other in self.history.orders:
            if other.changes != order.order_id or self.leads_back(other):
                continue
            kind = self.kinds.get(other.kind)
            if kind is None or kind.effect.value not in ("detains", "sentence"):
                continue
            first = self.moment(other)
            if first is None or first < self.known_moment(order) or not self.stood_at(other, first):
                continue
            if now >= first:
                return True
        return False

    def paid(self, order: Order, now: datetime) -> bool:
        kind = self.kinds[order.kind]
        if kind.effect.value != "sentence" or "amount_cents" not in kind.must:
            return False
        if order.amount_cents is None:
            return False
        long_ago = [
            one.amount_cents
            for one in self.history.payments
            if one.order_id == order.order_id and one.at + SIX_HOURS <= now
        ]
        return bool(long_ago) and sum(long_ago) >= order.amount_cents

    def freed(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        """Whether releases that took effect have taken away all that it was made for."""
        gone: set[str] = set()
        for other in self.history.orders:
            freeing = self.kinds.get(other.kind)
            if freeing is None or freeing.effect.value != "frees":
                continue
            effect = self.free_from(other)
            if effect is None or not self.stood_at(other, effect) or now < effect + SIX_HOURS:
                continue
            if self.known_moment(order) >= effect or not self.about(other, freeing, order, kind):
                continue
            by_charge = order.charges and other.charges and other.changes != order.order_id
            if not by_charge:
                return True
            gone.update(other.charges)
        return bool(order.charges) and set(order.charges) <= gone

    def about(self, free: Order, freeing: OrderKind, order: Order, kind: OrderKind) -> bool:
        if free.changes:
            if free.changes == order.order_id:
                return True
            if not free.case:
                return False
        status = self.warrants[kind.warrant].legal_status
        sentence = kind.effect.value == "sentence"
        here = free.case == order.case if free.case else free.court == order.court
        if freeing.release == "parole":
            return sentence or status == "convicted"
        if freeing.release == "pardon":
            return sentence and (free.case in ("", order.case))
        if freeing.release == "immigration_release":
            return status == "immigration"
        if freeing.release == "habeas_corpus":
            return free.case in ("", order.case)
        if freeing.release == "fine_paid" and not (sentence and "amount_cents" in kind.must):
            return False
        return here

    def by_its_dates(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        today = self.day(now)
        first_day = self.day(self.known_moment(order))
        if kind.effect.value == "sentence":
            of_it = [s for s in self.history.sentences if s.order_id == order.order_id]
            if of_it:
                return any(self.in_term(one, today, first_day, now) for one in of_it)
            return today == first_day or (order.until is not None and today <= order.until)
        to_hearing = "next_date" in kind.must
        until = order.until if order.until is not None and order.until >= first_day else None
        if until is not None and today > until:
            return False
        if to_hearing:
            return self.before_hearing(order, until, today, first_day, now)
        if until is not None:
            return True
        if order.until is not None:
            return False  # it ends before it begins
        return "until" not in kind.must or today == first_day

    def before_hearing(
        self, order: Order, until: date | None, today: date, first_day: date, now: datetime
    ) -> bool:
        date_now = order.next_date
        if date_now is not None and date_now < first_day:
            date_now = None
        ever = date_now is not None
        for new in sorted(order.new_dates, key=lambda one: (one.said_at, one.next_date)):
            if new.said_at < self.known_moment(order) or new.next_date < self.day(new.said_at):
                continue
            ever = True
            moved = date_now is not None and self.in_time(new.said_at, date_now)
            if moved or new.said_at <= now:
                date_now = new.next_date
        if date_now is not None:
            return today <= date_now
        if ever:
            return order.next_date is None and today == first_day
        if until is not None:
            return True
        if order.next_date is not None or order.until is not None:
            return False
        return today == first_day

    def in_time(self, said: datetime, day: date) -> bool:
        """Said before that day was over, or as it ended."""
        return self.day(said - timedelta(microseconds=1)) <= day

    def in_term(self, sentence: Sentence, today: date, first_day: date, now: datetime) -> bool:
        if sentence.ended_at is not None and now >= sentence.ended_at:
            return False
        others = {one.sentence_id for one in self.history.sentences}
        if sentence.follows and sentence.follows not in others:
            return False
        if today == first_day:
            return True
        term = sentence.full_term_end if sentence.expiry is None else sentence.expiry
        words: date | None = None
        if sentence.days and sentence.pronounced_on:
            words = sentence.pronounced_on + timedelta(days=sentence.days - 1 + self.lost())
        bounds = [day for day in (term, sentence.release_date, words) if day is not None]
        if not sentence.endless:
            return bool(bounds) and today <= min(bounds)
        if term is None and words is None and not sentence.final:
            return True
        return all(today <= day for day in bounds)

    def lost(self) -> int:
        """Days at large: from each escape to the return."""
        days, gone = 0, None
        for custody in sorted(self.history.custody, key=lambda one: one.begins):
            if gone is not None:
                days += (self.day(custody.begins) - gone).days + 1
            escaped = custody.ends if custody.end_kind == "escaped" else None
            gone = None if escaped is None else self.day(escaped)
        return days

    # -- time --------------------------------------------------------------------------------

    def day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def moment(self, order: Order) -> datetime | None:
        candidates = [at for at in (order.begins,) if at is not None]
        if order.dated is not None:
            candidates.append(self.midnight(order.dated))
        return max(candidates) if candidates else order.received_at

    def known_moment(self, order: Order) -> datetime:
        moment = self.moment(order)
        assert moment is not None
        return moment

    def free_from(self, order: Order) -> datetime | None:
        moment = self.moment(order)
        if moment is None or order.begins is not None or order.dated is None:
            return moment
        over = self.midnight(order.dated + timedelta(days=1))
        if order.received_at is None or order.received_at > over:
            return over
        return max(order.received_at, moment)

    def stood_at(self, order: Order, when: datetime) -> bool:
        if order.state == "stands":
            return True
        return order.state != "void" and order.state_from is not None and order.state_from > when
