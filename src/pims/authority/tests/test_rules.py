"""Legal status and coverage, as promised to the person held."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.authority import rules
from pims.jurisdictions.warrant_kinds import legal_statuses, warrant_kinds
from pims.kernel.periods import Period

ZONE = "America/Belize"
KINDS = warrant_kinds()
MORNING = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 09:00 in Belize


def facts(**changes: object) -> rules.WarrantFacts:
    base: dict[str, object] = {
        "warrant_name_id": 1,
        "warrant_id": 1,
        "person_id": 1,
        "kind": "remand",
        "state": "acted_on",
        "starts_at": MORNING,
        "until": None,
        "next_appearance": date(2026, 3, 9),
        "ends_at": None,
        "defects": (),
    }
    return rules.WarrantFacts(**(base | changes))  # type: ignore[arg-type]


def status(*warrants: rules.WarrantFacts, at: datetime) -> rules.LegalStatus:
    return rules.legal_status(warrants, kinds=KINDS, zone=ZONE, as_of=at)


def test_a_remand_holds_to_the_end_of_the_day_of_its_next_appearance() -> None:
    last_minute = datetime(2026, 3, 10, 5, 59, tzinfo=UTC)  # 23:59 on the 9th in Belize
    assert status(facts(), at=last_minute).code == "unsentenced"
    after = status(facts(), at=last_minute + timedelta(minutes=1))
    assert after.code == "none"
    assert after.faults == ("no_valid_warrant", "warrant_expired", "next_appearance_passed")


def test_a_review_date_that_passed_is_told_though_the_paper_still_holds() -> None:
    unfit = facts(kind="unfit_to_plead", next_appearance=date(2026, 3, 9))
    on_the_day = datetime(2026, 3, 10, 5, 59, tzinfo=UTC)
    assert status(unfit, at=on_the_day).faults == ()
    after = status(unfit, at=on_the_day + timedelta(minutes=1))
    assert after.code == "unfit"
    assert after.faults == ("next_appearance_passed",)


def test_a_review_date_that_passed_hides_no_court_date_to_come() -> None:
    unfit = facts(kind="unfit_to_plead", next_appearance=date(2026, 3, 1))
    other = facts(warrant_name_id=2, next_appearance=date(2026, 3, 2))
    assert status(unfit, other, at=MORNING).next_appearance == date(2026, 3, 2)
    assert status(unfit, at=MORNING).next_appearance == date(2026, 3, 1)


def test_a_sentence_makes_a_person_convicted_even_while_on_remand_for_more() -> None:
    sentence = facts(
        warrant_name_id=2, kind="committal_sentence", until=date(2028, 1, 1), next_appearance=None
    )
    found = status(facts(), sentence, at=MORNING)
    assert found.code == "convicted"
    assert found.detaining == (2, 1)


def test_bail_on_one_of_two_warrants_frees_nobody() -> None:
    bailed = facts(ends_at=MORNING + timedelta(hours=1))
    other = facts(warrant_name_id=2)
    assert status(bailed, other, at=MORNING + timedelta(hours=2)).code == "unsentenced"


def test_a_defective_warrant_holds_until_decided_and_says_so() -> None:
    found = status(facts(state="as_received", defects=("no_seal",)), at=MORNING)
    assert found.code == "unsentenced"
    assert found.faults == ("defect_undecided",)


def test_a_returned_warrant_holds_nobody_from_then_on_and_held_until_then() -> None:
    assert status(facts(state="returned"), at=MORNING).code == "none"
    paper = facts(state="returned", ends_at=MORNING + timedelta(hours=3))
    assert status(paper, at=MORNING + timedelta(hours=2)).code == "unsentenced"
    assert status(paper, at=MORNING + timedelta(hours=3)).code == "none"


def test_a_paper_has_run_out_where_its_end_came_or_its_last_day_is_today() -> None:
    def over(at: datetime, **given: object) -> bool:
        paper = facts(**given)
        return rules.ran_out(paper, KINDS[paper.kind], ZONE, at)

    on_the_day = datetime(2026, 3, 9, 15, tzinfo=UTC)
    assert not over(on_the_day), "it waits for the court until midnight"
    assert over(on_the_day + timedelta(days=1))
    sentence = {"kind": "committal_sentence", "until": date(2026, 3, 9), "next_appearance": None}
    assert over(on_the_day, **sentence)
    assert not over(on_the_day - timedelta(days=1), **sentence)
    assert not over(on_the_day, kind="unfit_to_plead", next_appearance=None)
    doubtful = {"state": "as_received", "defects": (rules.OUT_OF_ORDER,)}
    assert not over(on_the_day + timedelta(days=9), **doubtful)


def test_a_gap_between_two_warrants_is_found_to_the_minute() -> None:
    first = facts(ends_at=MORNING + timedelta(days=1))
    second = facts(warrant_name_id=2, starts_at=MORNING + timedelta(days=2), next_appearance=None)
    found = rules.uncovered(
        Period(MORNING, MORNING + timedelta(days=3)), [first, second], kinds=KINDS, zone=ZONE
    )
    # A remand that names no next appearance names no end: the defect says so, not the gap.
    assert found == [Period(MORNING + timedelta(days=1), MORNING + timedelta(days=2))]


def test_every_kind_gives_a_status_that_has_a_name() -> None:
    assert {kind.legal_status for kind in KINDS.values()} <= set(legal_statuses())


days = st.integers(min_value=0, max_value=60)


@st.composite
def papers(draw: st.DrawFn) -> rules.WarrantFacts:
    start = draw(days)
    length = draw(st.none() | st.integers(min_value=0, max_value=30))
    return facts(
        warrant_name_id=draw(st.integers(min_value=1, max_value=10_000)),
        kind=draw(st.sampled_from(sorted(KINDS))),
        state=draw(st.sampled_from(["as_received", "acted_on", "returned", "void"])),
        starts_at=MORNING + timedelta(days=start),
        until=date(2026, 3, 2) + timedelta(days=start + draw(days))
        if draw(st.booleans())
        else None,
        next_appearance=date(2026, 3, 2) + timedelta(days=start + draw(days))
        if draw(st.booleans())
        else None,
        ends_at=None if length is None else MORNING + timedelta(days=start + length),
    )


@given(st.lists(papers(), max_size=6), st.integers(min_value=0, max_value=100 * 24))
def test_a_person_is_in_a_gap_exactly_when_no_warrant_is_in_force(
    warrants: list[rules.WarrantFacts], hours: int
) -> None:
    at = MORNING + timedelta(hours=hours)
    found = rules.uncovered(
        Period(MORNING - timedelta(days=1), MORNING + timedelta(days=200)),
        warrants,
        kinds=KINDS,
        zone=ZONE,
    )
    in_gap = any(gap.contains(at) for gap in found)
    assert in_gap == (status(*warrants, at=at).code == "none")


@given(st.lists(papers(), max_size=5), papers(), st.integers(min_value=0, max_value=100 * 24))
def test_one_more_warrant_never_frees_anyone(
    warrants: list[rules.WarrantFacts], extra: rules.WarrantFacts, hours: int
) -> None:
    at = MORNING + timedelta(hours=hours)
    if status(*warrants, at=at).code != "none":
        assert status(*warrants, extra, at=at).code != "none"


def test_a_court_that_names_a_later_date_extends_a_remand() -> None:
    extended = facts(until=date(2026, 3, 6), next_appearance=date(2026, 3, 20))
    assert status(extended, at=datetime(2026, 3, 19, tzinfo=UTC)).code == "unsentenced"


def test_a_paper_that_contradicts_itself_lengthens_nobodys_custody() -> None:
    paper = facts(
        until=date(2026, 3, 6),
        next_appearance=date(2026, 3, 20),
        state="as_received",
        defects=(rules.CONTRADICTS,),
    )
    for state in ("as_received", "acted_on"):
        paper = replace(paper, state=state)
        assert status(paper, at=datetime(2026, 3, 7, 5, 59, tzinfo=UTC)).code == "unsentenced"
        assert status(paper, at=datetime(2026, 3, 7, 6, 0, tzinfo=UTC)).code == "none"


def test_a_paper_that_contradicts_itself_tells_before_it_frees_and_after() -> None:
    paper = facts(
        until=date(2026, 3, 6),
        next_appearance=date(2026, 3, 20),
        state="as_received",
        defects=(rules.CONTRADICTS,),
    )
    assert status(paper, at=MORNING).faults == ("defect_undecided",)
    after = status(paper, at=datetime(2026, 3, 8, tzinfo=UTC))
    assert after.faults[:2] == ("no_valid_warrant", "warrant_expired")


def test_a_paper_that_ends_before_it_begins_holds_for_no_time_and_says_so() -> None:
    paper = facts(
        kind="committal_sentence",
        until=date(2025, 3, 2),
        next_appearance=None,
        state="as_received",
        defects=(rules.OUT_OF_ORDER,),
    )
    found = status(paper, at=MORNING + timedelta(hours=1))
    assert found.code == "none"
    assert found.faults == ("no_valid_warrant", "defect_undecided")


def test_a_paper_whose_only_day_is_before_it_begins_holds_once_the_officer_acts_on_it() -> None:
    paper = facts(
        kind="committal_sentence",
        until=date(2025, 3, 2),
        next_appearance=None,
        state="acted_on",
        defects=(rules.OUT_OF_ORDER,),
    )
    found = status(paper, at=MORNING + timedelta(days=400))
    assert found.code == "convicted"
    assert found.valid_until is None


def test_an_undecided_paper_that_contradicts_itself_is_told_beside_one_that_holds() -> None:
    sentence = facts(
        kind="committal_sentence",
        until=date(2025, 3, 2),
        next_appearance=None,
        state="as_received",
        defects=(rules.OUT_OF_ORDER,),
    )
    remand = facts(warrant_name_id=2, next_appearance=date(2026, 4, 1))
    found = status(sentence, remand, at=MORNING + timedelta(hours=1))
    assert found.code == "unsentenced"
    assert found.faults == ("defect_undecided",)


@given(
    st.sampled_from(sorted(KINDS)),
    st.none() | st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.none() | st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.sets(st.sampled_from(sorted(rules.END_IN_DOUBT)), min_size=1, max_size=3),
    st.integers(min_value=-24, max_value=900 * 24),
)
def test_an_undecided_paper_whose_dates_are_in_doubt_is_never_passed_over_in_silence(
    kind: str, until: date | None, next_on: date | None, defects: set[str], hours: int
) -> None:
    at = MORNING + timedelta(hours=hours)
    paper = facts(
        kind=kind, until=until, next_appearance=next_on, state="as_received",
        defects=tuple(sorted(defects)),
    )  # fmt: skip
    other = facts(warrant_name_id=2, starts_at=MORNING - timedelta(days=9), next_appearance=None)
    found = status(paper, other, at=at)
    assert 2 in found.detaining
    assert "defect_undecided" in found.faults or paper.starts_at > at
    seen = 1 in found.detaining or rules.may_detain(paper, KINDS[kind], ZONE, at)
    assert seen
    for settled in ("returned", "acted_on", "void"):
        assert not rules.may_detain(replace(paper, state=settled), KINDS[kind], ZONE, at)
    ended = replace(paper, ends_at=MORNING)
    assert not rules.may_detain(ended, KINDS[kind], ZONE, at)
    assert rules.detains_during(replace(paper, state="returned"), KINDS[kind], ZONE) is None


def test_a_day_before_the_paper_begins_bounds_nothing_while_it_names_another() -> None:
    paper = facts(
        until=date(2025, 3, 9),
        state="as_received",
        defects=(rules.OUT_OF_ORDER, rules.CONTRADICTS),
    )
    assert status(paper, at=datetime(2026, 3, 9, tzinfo=UTC)).code == "unsentenced"
    assert status(paper, at=datetime(2026, 3, 11, tzinfo=UTC)).code == "none"


def read_off(**changes: object) -> set[str]:
    given: dict[str, object] = {
        "kind": KINDS["remand"],
        "body_kind": "magistrates",
        "dated": date(2026, 3, 2),
        "until": None,
        "next_appearance": date(2026, 3, 9),
        "amount_cents": None,
        "received_on": date(2026, 3, 2),
        "begins_on": date(2026, 3, 2),
        "born": date(1990, 5, 4),
    }
    return set(rules.defects_read_off(**(given | changes)))  # type: ignore[arg-type]


def test_a_sound_paper_has_no_defects() -> None:
    assert read_off() == set()
    assert read_off(until=date(2026, 3, 9)) == set()


def test_dates_in_the_wrong_order_are_a_defect() -> None:
    assert read_off(until=date(2025, 3, 9)) == {
        "dates_out_of_order", "appearance_after_end", "date_passed",
    }  # fmt: skip
    assert "dates_out_of_order" in read_off(begins_on=date(2026, 3, 12))


def test_an_appearance_after_the_papers_own_last_day_is_a_defect() -> None:
    assert read_off(until=date(2026, 3, 8)) == {"appearance_after_end"}


def test_a_review_after_the_shortest_term_is_none() -> None:
    found = read_off(
        kind=KINDS["life_sentence"], body_kind="high_court", until=date(2040, 1, 1),
        next_appearance=date(2041, 1, 1),
    )  # fmt: skip
    assert found == set()


def test_a_date_before_the_birth_of_whom_it_names_is_a_defect() -> None:
    assert read_off(dated=date(1926, 3, 2)) == {"date_before_birth"}
    assert read_off(dated=date(1926, 3, 2), born=None) == set()


@given(papers(), st.integers(min_value=0, max_value=100 * 24))
def test_a_mistake_on_a_paper_never_lengthens_custody(
    paper: rules.WarrantFacts, hours: int
) -> None:
    at = MORNING + timedelta(hours=hours)
    mistaken = replace(paper, defects=(rules.CONTRADICTS,))
    if status(mistaken, at=at).code != "none":
        assert status(paper, at=at).code != "none"
