"""A second proof, from what the law says and not from how the first goes about it.

It knows no reaches and no stretches. It walks through the calendar: on this day, at this hour, is
there an order that a court with the power to make it made of this person, of which no later event
has taken away what it was made for, and whose own last day is not over? Of each order it asks the
questions that an officer would ask who has the papers in hand. It is slow, and shares with the
other the history and the tables of the law.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.assurance.proof.history import Charge, Hearing, History, Order, Sentence
from pims.jurisdictions.courts import courts, powers
from pims.jurisdictions.order_kinds import OrderKind, order_kinds
from pims.jurisdictions.warrant_kinds import bodies, warrant_kinds

SIX_HOURS = timedelta(hours=6)
A_DAY = timedelta(days=1)
COURTS = {body.code: body.kind for body in bodies("belize")}
MAKE_ORDERS = {one.kind for one in courts("belize").values()}
CRIMINAL = ("unsentenced", "convicted", "unfit")
CAME_TO_NOTHING = ("acquitted", "withdrawn", "discharged", "quashed")


class Oracle:
    def __init__(self, history: History) -> None:
        self.history = history
        self.zone = ZoneInfo(history.zone)
        self.kinds = order_kinds("belize")
        self.warrants = warrant_kinds("belize")
        self.charges = {one.charge_id: one for one in history.charges}

    def lawful(self, now: datetime) -> bool:
        return any(self.holds(order, now) for order in self.history.orders)

    # -- one order, at one instant -----------------------------------------------------------

    def holds(self, order: Order, now: datetime) -> bool:
        kind = self.kinds.get(order.kind)
        if kind is None or not self.is_about_custody(order) or not self.made_by(order, now):
            return False
        return (
            self.good_in_itself(order, kind)
            and not self.fallen(order, now)
            and not self.another_in_its_place(order, now)
            and not self.let_go(order, kind, now)
            and not self.nothing_left_to_hold_for(order, kind, now)
            and not self.court_said_go(order, kind, now)
            and not self.paid(order, kind, now)
            and self.by_its_dates(order, kind, now)
        )

    def is_about_custody(self, order: Order) -> bool:
        kind = self.kinds.get(order.kind)
        return kind is not None and bool(kind.warrant)

    def status(self, kind: OrderKind) -> str:
        return self.warrants[kind.warrant].legal_status

    def made_by(self, order: Order, now: datetime) -> bool:
        """Not before its own hour, nor before the day that it bears."""
        if order.dated is None and order.begins is None:
            return order.received_at is not None and now >= order.received_at
        if order.dated is not None and self.day(now) < order.dated:
            return False
        return order.begins is None or now >= order.begins

    # -- what kind of paper it is ------------------------------------------------------------

    def good_in_itself(self, order: Order, kind: OrderKind) -> bool:
        """Of a body that exists and can, of somebody of that age, on this person's own charges,
        and not upon itself."""
        court = COURTS.get(order.court, order.court_kind)
        power = powers("belize").get(court)
        if power is None and court not in MAKE_ORDERS:
            return False
        if power is not None and order.kind in power.cannot:
            return False
        if order.charges and self.charges and not any(c in self.charges for c in order.charges):
            return False
        return self.fits_the_age(order, kind) and order.order_id not in self.line(order.changes)

    def line(self, start: str) -> list[str]:
        """The orders that lie behind one another, each changed by the one before."""
        behind = {one.order_id: one.changes for one in self.history.orders}
        found: list[str] = []
        while start in behind and start not in found:
            found.append(start)
            start = behind[start]
        return found

    def fits_the_age(self, order: Order, kind: OrderKind) -> bool:
        born = self.history.born_on
        if born is None or self.history.juvenile_until_decided:
            return True
        when = order.dated or self.day(self.known_moment(order))
        if kind.under_18 and self.age(born, when) >= 18:
            then = [
                self.charges[c].offence_on for c in order.charges
                if c in self.charges and self.charges[c].offence_on
            ]  # fmt: skip
            if not any(self.age(born, day) < 18 for day in then if day):
                return False
        of_it = [s for s in self.history.sentences if s.order_id == order.order_id]
        life = "minimum_term" in kind.must or any(s.endless for s in of_it)
        child = self.age(self.history.born_earliest or born, when) < 18
        return not (kind.effect.value == "sentence" and life and child)

    def age(self, born: date, when: date) -> int:
        had = (when.month, when.day) >= (born.month, born.day)
        return when.year - born.year - (0 if had else 1)

    # -- what became of it -------------------------------------------------------------------

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

    def another_in_its_place(self, order: Order, now: datetime) -> bool:
        """An order that varied it took effect, and has not been set aside again by now."""
        for other in self.history.orders:
            if other.changes != order.order_id or not self.is_about_custody(other):
                continue
            first = self.moment(other)
            if first is None or now < first or first < self.known_moment(order):
                continue
            if other.order_id in self.line(other.changes) or not self.stood_at(other, first):
                continue
            undone = other.state == "set_aside" and other.state_from is not None
            if not (undone and other.state_from is not None and now >= other.state_from):
                return True
        return False

    def let_go(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        """By papers that set free, each of the whole order or of some of its charges."""
        gone: set[str] = set()
        for paper, effect in self.papers_that_free():
            if now < effect + SIX_HOURS or self.known_moment(order) >= effect:
                continue
            if not self.is_about(paper, order, kind):
                continue
            if kind.changes_earlier and order.dated and order.dated == paper.dated:
                continue  # tried or sentenced anew by what undid the first
            if not order.charges or not paper.charges or paper.changes == order.order_id:
                return True
            gone.update(paper.charges)
        return bool(order.charges) and set(order.charges) <= gone

    def papers_that_free(self) -> Iterator[tuple[Order, datetime]]:
        for paper in self.history.orders:
            kind = self.kinds.get(paper.kind)
            if kind is None or not kind.frees:
                continue
            effect = self.free_from(paper)
            if effect is not None and self.stood_at(paper, effect):
                yield paper, effect

    def is_about(self, paper: Order, order: Order, kind: OrderKind) -> bool:
        """Whether the paper lets go from what the order holds for, by what is written on it."""
        if order.order_id == paper.changes:
            return True
        freeing = self.kinds[paper.kind]
        can_end = kind.warrant in freeing.frees
        owes_money = "amount_cents" in (*kind.must, *kind.may)
        match freeing.release:  # no such paper ends anything of another nature
            case "fine_paid" if not owes_money:
                return False
            case "immigration_release" if self.status(kind) != "immigration":
                return False
            case "parole" if not can_end:
                return False
            case "pardon" if not can_end and kind.effect.value != "sentence":
                return False
        if self.status(kind) not in CRIMINAL and not can_end:
            return False  # an acquittal makes nobody less of an alien
        if any(charge in order.charges for charge in paper.charges):
            return True
        if freeing.release in ("immigration_release", "parole"):
            return True
        if paper.case:
            return paper.case == order.case
        if paper.changes:
            return False
        # It says nothing of what it is about: so of all that its kind is for, which a court can
        # say of its own orders, and an appeal, a pardon or a writ of anybody's.
        above = freeing.release in ("appeal_allowed", "habeas_corpus", "pardon")
        return can_end and (above or paper.court == order.court)

    def nothing_left_to_hold_for(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        """Each charge came to nothing, on days that are over, after the order was made."""
        if self.status(kind) not in CRIMINAL or not order.charges:
            return False
        own = [self.charges.get(one) for one in order.charges]
        last = date.min
        for charge in own:
            if charge is None or charge.state not in CAME_TO_NOTHING or charge.decided_on is None:
                return False
            last = max(last, charge.decided_on)
        made = self.day(self.known_moment(order))
        after = made > last or (made == last and kind.changes_earlier)
        return not after and now >= self.midnight(last + A_DAY) + SIX_HOURS

    def court_said_go(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        return self.status(kind) in CRIMINAL and any(
            self.freed_at(hearing, order, kind)
            for hearing in self.history.hearings
            if now >= self.midnight(hearing.on + A_DAY) + SIX_HOURS
        )

    def freed_at(self, hearing: Hearing, order: Order, kind: OrderKind) -> bool:
        """Whether the outcome of the hearing leaves nothing of an order that nobody renewed."""
        if hearing.cancelled or hearing.outcome not in ("acquitted", "discharged", "withdrawn"):
            return False
        if self.day(self.known_moment(order)) >= hearing.on:
            return False
        sentence = kind.effect.value == "sentence"
        if hearing.case:
            if hearing.case != order.case or (sentence and hearing.outcome == "withdrawn"):
                return False  # an appeal that is withdrawn leaves the sentence
        elif sentence or self.could_be_for(hearing.on) != [order]:
            return False
        for other in self.history.orders:  # held anew by what the court wrote then
            if not self.is_about_custody(other) or self.moment(other) is None:
                continue
            wrote = self.day(self.known_moment(other)) - hearing.on
            criminal = self.status(self.kinds[other.kind]) in CRIMINAL
            if criminal and other.case == order.case and wrote in (timedelta(), A_DAY):
                return False
        if any(self.day(new.said_at) >= hearing.on for new in order.new_dates):
            return False
        if self.for_another_charge(hearing, order):
            return False
        over = self.midnight(hearing.on + A_DAY)
        return not any(
            effect <= over and self.is_about(paper, order, kind)
            for paper, effect in self.papers_that_free()
        )

    def could_be_for(self, day: date) -> list[Order]:
        """The orders on which anybody can have been brought to court that day."""
        found = []
        for one in self.history.orders:
            kind = self.kinds.get(one.kind)
            if kind is None or not kind.warrant or self.status(kind) not in CRIMINAL:
                continue
            if self.moment(one) is None or self.day(self.known_moment(one)) >= day:
                continue
            named = [one.until, one.next_date, *(new.next_date for new in one.new_dates)]
            if not any(named) or any(d is not None and d >= day for d in named):
                found.append(one)
        return found

    def for_another_charge(self, hearing: Hearing, order: Order) -> bool:
        def nothing(charge: Charge) -> bool:
            return charge.state in CAME_TO_NOTHING

        own = [self.charges[c] for c in order.charges if c in self.charges]
        case = [c for c in self.history.charges if c.case == order.case]
        if not own:
            return any(map(nothing, case)) and not all(map(nothing, case))
        if any(c.state == "convicted" for c in own):
            return True
        if any(map(nothing, own)) and not all(map(nothing, own)):
            return True
        others = [c for c in case if c.charge_id not in order.charges and nothing(c)]
        return any(c.decided_on is None or c.decided_on == hearing.on for c in others)

    def paid(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        """Paid in full and time to let go; or paid in part, of an amount that nobody knows."""
        if "amount_cents" not in (*kind.must, *kind.may):
            return False
        own = [one for one in self.history.payments if one.order_id == order.order_id]
        if order.amount_cents is None and any(p.at <= now and not p.in_full for p in own):
            return True
        long_ago = [one for one in own if one.at + SIX_HOURS <= now]
        if any(one.in_full for one in long_ago):
            return True
        if order.amount_cents is None or not long_ago:
            return False
        return sum(one.amount_cents for one in long_ago) >= order.amount_cents

    # -- its own last day --------------------------------------------------------------------

    def by_its_dates(self, order: Order, kind: OrderKind, now: datetime) -> bool:
        today = self.day(now)
        first_day = self.day(self.known_moment(order))
        if kind.effect.value == "sentence":
            of_it = [s for s in self.history.sentences if s.order_id == order.order_id]
            if of_it:
                return any(self.in_term(one, kind, today, first_day, now) for one in of_it)
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

    def in_term(
        self, sentence: Sentence, kind: OrderKind, today: date, ordered: date, now: datetime
    ) -> bool:
        if sentence.ended_at is not None and now >= sentence.ended_at:
            return False
        others = {one.sentence_id: one for one in self.history.sentences}
        if sentence.follows and sentence.follows not in others:
            return False
        first_day = max(ordered, sentence.pronounced_on or ordered)
        if sentence.effective_from and not sentence.follows:
            first_day = max(first_day, sentence.effective_from)
        if today < first_day:
            return False
        if today == first_day:
            return True
        if self.goes_round(sentence, others) and not sentence.by_hand:
            return False  # no first day, and so no last one
        stored = [sentence.expiry] if sentence.expiry else []
        if sentence.full_term_end:
            stored.append(sentence.full_term_end + A_DAY * self.lost())
        words = self.last_of_words(sentence, others)
        if words is not None:
            stored.append(words + A_DAY * self.lost())
        bounds = [*stored, *([sentence.release_date] if sentence.release_date else [])]
        # Life and detention at pleasure are what some kinds of order can be, and no fine is.
        if not (sentence.endless and "minimum_term" in (*kind.must, *kind.may)):
            return bool(bounds) and today <= min(bounds)
        if not stored and not sentence.final:
            return True
        return all(today <= day for day in bounds)

    def goes_round(self, sentence: Sentence, others: dict[str, Sentence]) -> bool:
        seen: list[str] = []
        at = sentence.sentence_id
        while at in others and at not in seen:
            seen.append(at)
            at = others[at].follows
        return at in seen

    def last_of_words(self, sentence: Sentence, others: dict[str, Sentence]) -> date | None:
        """Days counted off one by one, from the first that may count; terms here are of days."""
        if not sentence.days or sentence.pronounced_on is None:
            return None
        begins = self.first_of(sentence, others, [])
        return None if begins is None else begins + A_DAY * (sentence.days - 1)

    def first_of(
        self, sentence: Sentence, others: dict[str, Sentence], way: list[str]
    ) -> date | None:
        own = sentence.effective_from or sentence.pronounced_on
        if not sentence.follows:
            return own
        before = others.get(sentence.follows)
        if before is None or sentence.sentence_id in way:
            return None
        way = [*way, sentence.sentence_id]
        if before.ended_at is None:
            last = self.last_of(before, others, way)
            return None if last is None else last + A_DAY
        varied = {o.order_id for o in self.history.orders if o.changes == before.order_id}
        heirs = [
            one for one in others.values() if one.order_id in varied and one is not sentence
        ] if before.order_id else []  # fmt: skip
        if heirs:
            lasts = [self.last_of(one, others, way) for one in heirs]
            if None in lasts:
                return None
            return max(last for last in lasts if last is not None) + A_DAY
        fell = self.day(before.ended_at)
        was_to_begin = before.effective_from or before.pronounced_on
        if was_to_begin is None or fell < was_to_begin:
            return own
        last = self.last_of(before, others, way)
        return (fell if last is None else min(fell, last)) + A_DAY

    def last_of(
        self, sentence: Sentence, others: dict[str, Sentence], way: list[str]
    ) -> date | None:
        if not sentence.days or sentence.pronounced_on is None:
            return sentence.expiry or sentence.full_term_end
        begins = self.first_of(sentence, others, way)
        return None if begins is None else begins + A_DAY * (sentence.days - 1)

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
        """In UTC: six hours after it are six hours, also where the clocks are put back."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

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
