"""Everything that can happen to prisoners, entered early, late, twice and in every order.

Nobody is lost, nobody is in two places, the counts are the sums of the roll, and no fact is
refused because of a rule. A test run goes the same few ways; ``PIMS_EXAMPLES=500`` looks for new.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody import selectors
from pims.custody import services as custody
from pims.custody.models import Absence, Episode, Escort, Placement
from pims.custody.services import EscortInput, ReturnRow
from pims.custody.tests.prison import Prison, man
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotFound, Refused, Stale
from pims.release import services as release
from pims.release.models import Discharge
from pims.release.tests.excuses import OF_ITS_HOUR, OUT_OF_PLACE, is_true, reasons_of, row_versions

pytestmark = pytest.mark.any_server

OUTCOMES = (
    "same_warrant", "sentenced", "fined", "bailed", "discharged_at_court", "not_produced",
    "refused_to_go", "not_returned", "wrong_person_produced",
)  # fmt: skip
# A few hours far apart and some in one minute: what is entered late falls on what was entered.
minutes = st.one_of(
    st.none(),
    st.sampled_from([0, 1, 2, 30, 60, 61, 600, 1440, 1441, 4000]),
    st.integers(0, 6000),
)
seconds = st.sampled_from([0, 0, 0, 27, 59])


@dataclass
class Known:
    """One person: the number never changes, custody begins and ends."""

    person_id: int
    episodes: list[int] = field(default_factory=list)
    escorts: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    discharges: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)


class AnyOrder(RuleBasedStateMachine):
    prison: Prison
    other: Prison
    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.now = clock.now()
        self.known: list[Known] = []
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        try:
            connection.check_constraints()
            self.everyone_is_somewhere_at_every_hour()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def at(self, ago: int | None, second: int = 0) -> datetime | None:
        if ago is None:
            return None
        hour = (self.now - timedelta(minutes=ago)).replace(second=0, microsecond=0)
        return min(hour + timedelta(seconds=second), self.now)

    def fact(self, who: Known, hour: datetime | None = None) -> Callable[[Callable[[], Any]], Any]:
        """Record a fact at an hour, or now. It may be impossible; it may not be against a rule,
        and an excuse has to be true. What changes rows leaves an entry."""

        def record(doing: Callable[[], Any]) -> Any:
            entries, versions = LedgerEntry.objects.count(), row_versions()
            try:
                done = doing()
            except (Refused, InvalidInput) as problem:
                codes = {reason.code for reason in reasons_of(problem)}
                excuses = OUT_OF_PLACE if hour is None else OUT_OF_PLACE | OF_ITS_HOUR
                assert codes <= excuses, f"a fact was refused: {codes - excuses}"
                here = self.prison.establishment_id
                untrue = {c for c in codes if not is_true(c, who.person_id, here, hour)}
                assert not untrue, f"a fact was refused for what is not so: {untrue}"
                return None
            recorded = LedgerEntry.objects.count() > entries
            assert recorded or row_versions() == versions, "rows changed and no entry says so"
            return done

        return record

    def asked(self, doing: Callable[[], Any]) -> Any:
        """Ask for a decision: refused with reasons, or done."""
        try:
            return doing()
        except (Stale, NotFound):
            return None
        except (Refused, InvalidInput) as problem:
            if not reasons_of(problem):
                raise
            return None

    # Reception

    @precondition(lambda self: len(self.known) < 3)
    @rule(target=people, ago=minutes, second=seconds)
    def receive_somebody(self, ago: int | None, second: int) -> Known:
        (receipt,) = self.prison.receive(man(f"Man {len(self.known)}"), at=self.at(ago, second))
        found = Known(receipt.person_id, [receipt.episode_id])
        self.known.append(found)
        return found

    @rule(who=people, ago=minutes, attach=st.sampled_from(["auto", "same", "new"]))
    def receive_again(self, who: Known, ago: int | None, attach: str) -> None:
        line = man("", person_id=who.person_id, attach=attach)
        done = self.fact(who, self.at(ago))(lambda: self.prison.receive(line, at=self.at(ago)))
        if done and done[0].person_id == who.person_id:
            who.episodes.append(done[0].episode_id)
        elif done:
            self.known.append(Known(done[0].person_id, [done[0].episode_id]))

    @rule(who=people, ago=minutes, attach=st.sampled_from(["auto", "same"]))
    def receive_at_another_prison(self, who: Known, ago: int | None, attach: str) -> None:
        line = man("", person_id=who.person_id, attach=attach)
        done = self.fact(who, self.at(ago))(lambda: self.other.receive(line, at=self.at(ago)))
        if done and done[0].person_id == who.person_id:
            who.episodes.append(done[0].episode_id)
        elif done:
            self.known.append(Known(done[0].person_id, [done[0].episode_id]))

    @rule(
        who=people,
        back=st.sampled_from([0, 1, 30, 600, 5000]),
        what=st.sampled_from(
            ["place", "leave", "escape", "caught", "out", "back", "hurt", "died", "received"]
        ),
    )
    def now_on_a_clock_behind(self, who: Known, back: int, what: str) -> None:
        command, episode_id = self.prison.command, who.episodes[-1]
        doing: dict[str, Callable[[], Any]] = {
            "leave": lambda: custody.leave_place(command, episode_id=episode_id),
            "escape": lambda: custody.record_escape(command, episode_id=episode_id),
            "caught": lambda: custody.record_recapture(command, episode_id=episode_id),
            "hurt": lambda: custody.record_injury(
                command, episode_id=episode_id, description="Cut lip"
            ),
            "died": lambda: custody.record_death(command, episode_id=episode_id),
            "received": lambda: self.prison.receive(
                man("", person_id=who.person_id, attach="same")
            ),
        }
        if Episode.objects.get(pk=episode_id).establishment_id == self.prison.establishment_id:
            doing["place"] = lambda: self.prison.put(episode_id, min(self.prison.places))
            doing["out"] = lambda: self.prison.out(who.person_id)
        if who.escorts:
            doing["back"] = lambda: self.prison.back(
                escort_id=who.escorts[-1], outcome="same_warrant"
            )
        if what not in doing:
            return
        with clock.at(self.now - timedelta(minutes=back)):
            done = self.fact(who)(doing[what])
        if what == "out" and done:
            who.escorts += done
        elif what == "received" and done:
            who.episodes.append(done[0].episode_id)

    @rule(who=people)
    def nobody_escaped(self, who: Known) -> None:
        self.asked(
            lambda: custody.take_back_escape(
                self.prison.command, episode_id=who.episodes[-1], reason="A miscount"
            )
        )

    @rule(who=people)
    def nobody_died(self, who: Known) -> None:
        self.asked(
            lambda: custody.take_back_end(
                self.prison.command, episode_id=who.episodes[-1], reason="Another man"
            )
        )

    @rule(who=people, ago=minutes)
    def correct_the_beginning(self, who: Known, ago: int | None) -> None:
        episode = Episode.objects.get(pk=who.episodes[-1])
        self.fact(who, self.at(ago))(
            lambda: custody.correct_episode(
                self.prison.command, episode_id=episode.pk, version=episode.version,
                reason="The book says so", starts_at=self.at(ago),
            )
        )  # fmt: skip

    # Places

    @rule(who=people, n=st.integers(0, 30), ago=minutes, second=seconds)
    def was_put_in(self, who: Known, n: int, ago: int | None, second: int) -> None:
        place = sorted(self.prison.places)[n % len(self.prison.places)]
        self.fact(who, self.at(ago, second))(
            lambda: self.prison.put(who.episodes[-1], place, happened_at=self.at(ago, second))
        )

    @rule(who=people, n=st.integers(0, 30))
    def ask_to_place(self, who: Known, n: int) -> None:
        place = sorted(self.prison.places)[n % len(self.prison.places)]
        self.asked(lambda: self.prison.place(who.episodes[-1], place))

    @rule(who=people, ago=minutes)
    def left_the_place(self, who: Known, ago: int | None) -> None:
        self.fact(who, self.at(ago))(
            lambda: custody.leave_place(
                self.prison.command, episode_id=who.episodes[-1], happened_at=self.at(ago)
            )
        )

    # Out and back

    @rule(who=people, ago=minutes, kind=st.sampled_from(["court", "hospital", "police"]))
    def went_out(self, who: Known, ago: int | None, kind: str) -> None:
        done = self.fact(who, self.at(ago))(
            lambda: custody.send_out(
                self.prison.command,
                establishment_id=self.prison.establishment_id,
                prisoners=[EscortInput(person_id=who.person_id)],
                kind=kind, destination="Belize City", left_at=self.at(ago),
            )
        )  # fmt: skip
        if done:
            who.escorts.append(done.escorts[0].escort_id)

    @precondition(lambda self: any(k.escorts for k in self.known))
    @rule(who=people, ago=minutes, outcome=st.sampled_from(OUTCOMES), old=st.booleans())
    def came_back(self, who: Known, ago: int | None, outcome: str, old: bool) -> None:
        if not who.escorts:
            return
        row = ReturnRow(
            outcome=outcome, escort_id=who.escorts[0 if old else -1], happened_at=self.at(ago),
            order_seen="4/26", not_returned_because="escaped" if old else "court",
        )  # fmt: skip
        self.fact(who, row.happened_at)(lambda: custody.record_return(self.prison.command, row=row))

    @rule(who=people, ago=minutes, second=seconds)
    def escaped(self, who: Known, ago: int | None, second: int) -> None:
        self.fact(who, self.at(ago, second))(
            lambda: custody.record_escape(
                self.prison.command, episode_id=who.episodes[-1], happened_at=self.at(ago, second)
            )
        )

    @rule(who=people, ago=minutes)
    def was_caught(self, who: Known, ago: int | None) -> None:
        self.fact(who, self.at(ago))(
            lambda: custody.record_recapture(
                self.prison.command, episode_id=who.episodes[-1], happened_at=self.at(ago)
            )
        )

    # Papers

    @rule(who=people, ago=minutes, days=st.integers(-2, 20))
    def a_warrant_is_keyed(self, who: Known, ago: int | None, days: int) -> None:
        at = self.at(ago) or self.now
        self.fact(who, at)(
            lambda: authority.record_warrant(
                self.prison.command,
                establishment_id=self.prison.establishment_id,
                kind="remand", body_id=self.prison.court, received_at=at, dated=at.date(),
                names=[
                    WarrantNameInput(
                        who.person_id, "As written", at,
                        next_appearance=self.now.date() + timedelta(days=days),
                    )
                ],
            )
        )  # fmt: skip

    @rule(who=people, ago=minutes)
    def an_order_is_keyed(self, who: Known, ago: int | None) -> None:
        done = self.fact(who, self.at(ago) or self.now)(
            lambda: authority.record_release_order(
                self.prison.command,
                establishment_id=self.prison.establishment_id,
                person_id=who.person_id, kind="bail", body_id=self.prison.court,
                received_at=self.at(ago) or self.now, ends_all=True,
            )
        )  # fmt: skip
        who.orders.append(done.release_order_id)

    @rule(who=people)
    def the_entry_was_a_mistake(self, who: Known) -> None:
        for order_id in who.orders[-1:]:
            self.asked(
                partial(
                    authority.strike_out_release_order,
                    self.prison.command,
                    release_order_id=order_id,
                    reason="Another man",
                )
            )

    # The end of custody

    @rule(who=people)
    def is_let_go(self, who: Known) -> None:
        def through_the_check() -> None:
            case = release.start_discharge(
                self.prison.command, episode_id=who.episodes[-1], basis="order",
                release_order_id=who.orders[-1] if who.orders else None,
            )  # fmt: skip
            release.establish_identity(self.prison.command, case_id=case.case_id, how="photograph")
            done = release.discharge_person(self.prison.command, case_id=case.case_id)
            who.discharges.append(done.discharge_id)

        self.asked(through_the_check)

    @rule(who=people, ago=minutes, second=seconds)
    def was_let_go_on_paper(self, who: Known, ago: int | None, second: int) -> None:
        done = self.fact(who, self.at(ago, second) or self.now)(
            lambda: release.record_paper_discharge(
                self.prison.command, episode_id=who.episodes[-1], order_seen="4/26",
                happened_at=self.at(ago, second) or self.now, first_officer="Gate",
            )
        )  # fmt: skip
        if done:
            who.discharges.append(done.discharge_id)

    @precondition(lambda self: any(k.discharges for k in self.known))
    @rule(who=people)
    def nobody_was_let_go(self, who: Known) -> None:
        for discharge_id in who.discharges[-1:]:
            self.asked(
                partial(
                    release.take_back_discharge,
                    self.prison.command, discharge_id=discharge_id, reason="Another man",
                )
            )  # fmt: skip

    @precondition(lambda self: any(k.discharges for k in self.known))
    @rule(who=people, ago=minutes, where=st.sampled_from([None, "Home"]))
    def was_let_go_at_another_hour(self, who: Known, ago: int | None, where: str | None) -> None:
        for row in Discharge.objects.filter(pk__in=who.discharges[-1:]):
            self.asked(
                partial(
                    release.correct_discharge,
                    self.prison.command, discharge_id=row.pk, version=row.version,
                    reason="The book says so", happened_at=self.at(ago), destination=where,
                )
            )  # fmt: skip

    @precondition(lambda self: any(k.discharges for k in self.known))
    @rule(who=people, ago=minutes)
    def should_not_have_gone(self, who: Known, ago: int | None) -> None:
        for discharge_id in who.discharges[-1:]:
            done = self.fact(who, self.at(ago) or self.now)(
                partial(
                    release.record_release_in_error,
                    self.prison.command, discharge_id=discharge_id, how="Same name",
                    discovered_at=self.at(ago) or self.now,
                )
            )  # fmt: skip
            if done:
                who.errors.append(done.error_id)

    @precondition(lambda self: any(k.errors for k in self.known))
    @rule(who=people, ago=minutes)
    def came_back_from_error(self, who: Known, ago: int | None) -> None:
        for error_id in who.errors[-1:]:
            self.fact(who, self.at(ago) or self.now)(
                partial(
                    release.record_return_from_error,
                    self.prison.command,
                    error_id=error_id,
                    returned_at=self.at(ago) or self.now,
                )
            )
        who.episodes += Episode.objects.filter(person_id=who.person_id, ends_at=None).values_list(
            "pk", flat=True
        )

    @rule(who=people, ago=minutes, removed=st.booleans(), seldom=st.integers(0, 2))
    def died_or_was_removed(self, who: Known, ago: int | None, removed: bool, seldom: int) -> None:
        if seldom:
            return
        if removed:
            self.fact(who, self.at(ago))(
                lambda: custody.record_removal(
                    self.prison.command, episode_id=who.episodes[-1], country="GT",
                    happened_at=self.at(ago),
                )
            )  # fmt: skip
        else:
            self.fact(who, self.at(ago))(
                lambda: custody.record_death(
                    self.prison.command, episode_id=who.episodes[-1], happened_at=self.at(ago)
                )
            )

    # What always holds

    @invariant()
    def the_books_say_where_everyone_is(self) -> None:
        held = {row.person_id: row for row in Episode.objects.filter(ends_at=None)}
        found = []
        for prison in (self.prison, self.other):
            here = selectors.roll(prison.actor, prison.establishment_id)
            found += here
            counted = selectors.counts(prison.actor, prison.establishment_id)
            assert {
                sum(unit.on_books for unit in counted.by_unit),
                sum(counted.by_status.values()),
                counted.in_prison + counted.out_with,
            } == {len(here)} or not here
        assert sorted(row.person_id for row in found) == sorted(held)
        away = set(Escort.objects.filter(returned_at=None).values_list("person_id", flat=True))
        away |= set(Absence.objects.filter(ends_at=None).values_list("person_id", flat=True))
        assert {row.person_id for row in found if not row.inside} == away & held.keys()

    def everyone_is_somewhere_at_every_hour(self) -> None:
        """At any hour that anything happened, the roll of that hour adds up; periods lie within
        the custody that they belong to, and nobody has a place while at large."""
        hours = set()
        for model, start, end in (
            (Placement, "starts_at", "ends_at"),
            (Absence, "starts_at", "ends_at"),
            (Escort, "left_at", "returned_at"),
        ):
            for row in model.objects.select_related("episode"):
                began, ended = getattr(row, start), getattr(row, end)
                custody_ends = row.episode.ends_at
                assert began >= row.episode.starts_at, f"{model.__name__} before its custody"
                if custody_ends is not None:
                    late = ended is None or ended > custody_ends
                    assert row.clock_disputed or not late, f"{model.__name__} after its custody"
                hours |= {began, *([ended] if ended else [])}
        for absence in Absence.objects.exclude(end_kind=Absence.EndKind.NEVER_WAS):
            had = [
                *Placement.objects.filter(episode_id=absence.episode_id).values_list(
                    "starts_at", "ends_at", "clock_disputed"
                ),
                *Escort.objects.filter(episode_id=absence.episode_id).values_list(
                    "left_at", "returned_at", "clock_disputed"
                ),
            ]
            for began, ended, disputed in had:
                before = ended is not None and ended <= absence.starts_at
                after = absence.ends_at is not None and absence.ends_at <= began
                assert before or after or disputed or absence.clock_disputed, (
                    "a place or an escort for somebody at large"
                )
        for hour in sorted(hours)[:12]:
            counted = selectors.counts(self.prison.actor, self.prison.establishment_id, AsOf(hour))
            assert counted.in_prison + counted.out_with == counted.on_books
            assert sum(unit.on_books for unit in counted.by_unit) == counted.on_books


def test_whatever_is_entered_in_whatever_order_nobody_is_lost_and_no_fact_is_refused(
    prison: Prison, other_prison: Prison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AnyOrder, "prison", prison, raising=False)
    monkeypatch.setattr(AnyOrder, "other", other_prison, raising=False)
    asked = os.environ.get("PIMS_EXAMPLES")
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=int(asked or 6),
            derandomize=not asked,
            stateful_step_count=24,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
