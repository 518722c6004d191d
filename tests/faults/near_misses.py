"""Lives in custody that look like a fault and are none: what a mended check might raise wrongly."""

from dataclasses import replace
from datetime import date, timedelta

from pims.assurance.proof.history import Custody, NewDate, Payment, Sentence
from tests.faults.lawful import DAY, TODAY, Life, Recipe, at, first_instant


def in_part_acquitted(life: Life) -> None:
    """Of one charge of two, at a hearing, on paper and in the record; held for the other."""
    begins, on = TODAY - DAY * 60, TODAY - DAY * life.chance.randrange(5, 30)
    first = life.charge("A", state="acquitted", decided_on=on)
    second = life.charge("A", longest_months=60)
    life.order("remand", "MC-BZ", begins, case="A", charges=(first, second),
               next_date=TODAY + DAY * 9)  # fmt: skip
    life.heard("A", on, "acquitted")
    if life.chance.random() < 0.5:
        life.order("acquittal", "MC-BZ", on, case="A", charges=(first,))
    life.inside(at(begins, 18))


def another_charge_of_the_case_withdrawn(life: Life) -> None:
    begins, on = TODAY - DAY * 60, TODAY - DAY * 12
    mine = life.charge("A", longest_months=60)
    life.charge("A", state="withdrawn", decided_on=on)
    life.order("remand", "MC-BZ", begins, case="A", charges=(mine,), next_date=TODAY + DAY * 9)
    life.heard("A", on, "withdrawn")
    life.inside(at(begins, 18))


def quashed_and_tried_again(life: Life) -> None:
    """The conviction fell, and with it, on the same day, a new trial was ordered."""
    begins = TODAY - DAY * 150
    fell = TODAY - DAY * life.chance.randrange(10, 40)
    charge = life.charge("A", state="quashed", decided_on=fell, longest_months=60)
    first = life.order("commitment_sentence", "HC", begins, case="A", charges=(charge,))
    life.sentence(first, TODAY + DAY * 400, None)
    life.order("appeal_allowed", "CA", fell, case="A", charges=(charge,))
    life.order("retrial", "CA", fell, case="A", charges=(charge,), next_date=TODAY + DAY * 20,
               changes=first.order_id)  # fmt: skip
    if life.chance.random() < 0.5:
        life.charges = [replace(one, state="open", decided_on=None) for one in life.charges]
    life.heard("A", TODAY + DAY * 20, "")
    life.inside(at(begins, 18))


def acquitted_and_held_as_an_alien(life: Life) -> None:
    begins, on = TODAY - DAY * 40, TODAY - DAY * 10
    charge = life.charge("A", state="acquitted", decided_on=on)
    life.remanded("A", "MC-BZ", begins, on, charge)
    life.order("acquittal", "MC-BZ", on, case="A", charges=(charge,))
    life.order("immigration_detention", "IMM", on, until=TODAY + DAY * 20, charges=(charge,))
    life.hearings = [replace(h, outcome="acquitted") if h.on == on else h for h in life.hearings]
    life.inside(at(begins, 18))


def discharged_in_a_case_on_bail(life: Life) -> None:
    """Held in one case; the paper of another, in which nobody was held, comes to the prison."""
    begins, on = TODAY - DAY * 50, TODAY - DAY * 9
    mine = life.charge("B", longest_months=60)
    other = life.charge("A", state="discharged", decided_on=on)
    life.remanded("B", "MC-BZ", begins, TODAY + DAY * 8, mine)
    life.order("discharge", "MC-CZ", on, case="A", charges=(other,))
    life.heard("A", on, "discharged")
    life.inside(at(begins, 18))


def freed_of_one_matter_at_court_and_brought_back_for_the_other(life: Life) -> None:
    """The desk writes no case beside what it hears at the gate."""
    begins, on = TODAY - DAY * 50, TODAY - DAY * 9
    mine = life.charge("B", longest_months=60)
    first = life.charge("A", state="withdrawn", decided_on=on)
    life.order("remand", "MC-CZ", begins, case="A", charges=(first,), next_date=on)
    life.order("remand", "MC-BZ", begins, case="B", charges=(mine,), next_date=TODAY + DAY * 8)
    life.heard("", on, "withdrawn")
    life.inside(at(begins, 18))


def put_over_by_the_court(life: Life) -> None:
    """Discharged of what he was charged with, and remanded in the same case the same day."""
    begins, on = TODAY - DAY * 50, TODAY - DAY * 9
    life.order("remand", "HC", begins, case="A", next_date=TODAY + DAY * 30,
               new_dates=(NewDate(said_at=at(on, 16), next_date=TODAY + DAY * 7),)
               if life.chance.random() < 0.5 else ())  # fmt: skip
    if not life.orders[0].new_dates:
        life.order("remand", "HC", on, case="A", next_date=TODAY + DAY * 7)
    life.heard("A", on, "discharged")
    life.inside(at(begins, 18))


def appeal_withdrawn(life: Life) -> None:
    begins = TODAY - DAY * 150
    charge = life.charge("A", state="convicted", longest_months=120)
    order = life.order("commitment_sentence", "HC", begins, case="A", charges=(charge,))
    life.sentence(order, TODAY + DAY * 400, None)
    life.order("appeal_lodged", "CA", begins + DAY * 10, case="A")
    life.heard("A", TODAY - DAY * 20, life.chance.choice(("withdrawn", "discharged")))
    life.inside(at(begins, 18))


def variation_set_aside(life: Life) -> None:
    """What the court below had ordered stands again."""
    begins = TODAY - DAY * 300
    first = life.order("commitment_sentence", "HC", begins, case="A")
    life.sentence(first, TODAY + DAY * 200, None)
    heard = TODAY - DAY * 150
    second = life.order(
        "appeal_varied", "CA", heard, case="A", changes=first.order_id, state="set_aside",
        state_from=at(TODAY - DAY * 60, 10),
    )  # fmt: skip
    life.sentence(second, TODAY + DAY * 100, None)
    life.inside(at(begins, 18))


def follows_what_was_varied(life: Life) -> None:
    """A year after whatever the first sentence comes to, which an appeal made longer."""
    begins, heard = TODAY - DAY * 500, TODAY - DAY * 400
    first = life.order("commitment_sentence", "HC", begins, case="A")
    last = heard + DAY * 200
    days = (last - begins).days + 1
    life.sentences.append(
        Sentence(sentence_id=life.own("a"), order_id=first.order_id, pronounced_on=begins,
                 days=150, ended_at=first_instant(heard))
    )  # fmt: skip
    other = life.order("commitment_sentence", "HC", begins, case="B")
    life.sentences.append(
        Sentence(sentence_id=life.own("b"), order_id=other.order_id, pronounced_on=begins,
                 days=365, follows=life.own("a"))
    )  # fmt: skip
    life.orders[0] = replace(first, state="replaced", state_from=first_instant(heard))
    varied = life.order("appeal_varied", "CA", heard, case="A", changes=first.order_id)
    life.sentences.append(
        Sentence(sentence_id=life.own("c"), order_id=varied.order_id, pronounced_on=heard,
                 effective_from=begins, days=days)
    )  # fmt: skip
    life.inside(at(begins, 18))


def follows_what_was_pardoned(life: Life) -> None:
    begins, fell = TODAY - DAY * 300, TODAY - DAY * 60
    first = life.order("commitment_sentence", "HC", begins, case="A", state="set_aside",
                       state_from=at(fell, 9))  # fmt: skip
    other = life.order("commitment_sentence", "HC", begins, case="B")
    life.sentences += [
        Sentence(sentence_id=life.own("a"), order_id=first.order_id, pronounced_on=begins,
                 years=5, ended_at=at(fell, 9)),
        Sentence(sentence_id=life.own("b"), order_id=other.order_id, pronounced_on=begins,
                 days=90, follows=life.own("a")),
    ]  # fmt: skip
    life.inside(at(begins, 18))


def escaped_and_brought_back(life: Life) -> None:
    """The days away are served at the end: past the full term, and past what the paper says."""
    begins, gone = TODAY - DAY * 200, TODAY - DAY * 100
    full = TODAY - DAY * 10
    order = life.order("commitment_sentence", "MC-BZ", begins, case="A", until=full)
    life.sentences.append(
        Sentence(
            sentence_id=life.own("s"), order_id=order.order_id, pronounced_on=begins,
            days=(full - begins).days + 1, full_term_end=full, expiry=full + DAY * 30,
            at_large_days=30,
        )
    )  # fmt: skip
    life.custody = [
        Custody(custody_id=life.own("c1"), begins=at(begins, 18), ends=at(gone, 3),
                end_kind="escaped"),
        Custody(custody_id=life.own("c2"), begins=at(gone + DAY * 31, 3)),
    ]  # fmt: skip


def one_after_the_other_by_date(life: Life) -> None:
    """The court names the day from which the second runs, and it is to come."""
    begins, last = TODAY - DAY * 100, TODAY + DAY * 100
    order = life.order("commitment_sentence", "HC", begins, case="A")
    life.sentences += [
        Sentence(sentence_id=life.own("a"), order_id=order.order_id, pronounced_on=begins,
                 days=(last - begins).days + 1),
        Sentence(sentence_id=life.own("b"), order_id=order.order_id, pronounced_on=begins,
                 effective_from=last + DAY, months=6),
    ]  # fmt: skip
    life.inside(at(begins, 18))


def debt_paid_and_gone(life: Life) -> None:
    begins, paid = TODAY - DAY * 20, at(TODAY - DAY * 5, 10)
    order = life.order("civil_commitment", "MC-BZ", begins, until=TODAY + DAY * 60,
                       amount_cents=life.chance.choice((5_000, None)))  # fmt: skip
    receipt = Payment(order_id=order.order_id, at=paid, amount_cents=5_000, in_full=True)
    if order.amount_cents is not None:
        receipt = replace(receipt, in_full=False)
    life.payments.append(receipt)
    life.inside(at(begins, 18), paid + timedelta(minutes=40), "discharged")


def imprisoned_and_fined(life: Life) -> None:
    """A fine beside the term: paying it ends no day of that."""
    begins = TODAY - DAY * 100
    order = life.order("commitment_sentence", "HC", begins, case="A", amount_cents=5_000)
    life.sentence(order, TODAY + DAY * 200, None)
    life.payments.append(Payment(order_id=order.order_id, at=at(TODAY - DAY), amount_cents=5_000))
    life.inside(at(begins, 18))


def paroled_from_a_later_day(life: Life) -> None:
    begins = TODAY - DAY * 500
    order = life.order("commitment_sentence", "HC", begins, case="A")
    life.sentence(order, TODAY + DAY * 200, TODAY + DAY * 90)
    named = TODAY + DAY * life.chance.randrange(0, 10)
    life.order("parole_granted", "PB", TODAY - DAY * 12, begins=at(named, 8))
    life.inside(at(begins, 18))


def judged_as_a_man_for_what_a_boy_did(life: Life) -> None:
    begins = TODAY - DAY * 100
    life.born = begins.replace(year=begins.year - 19)
    charge = life.charge("A", state="convicted", offence_on=begins - DAY * 700, life=True)
    order = life.order("courts_pleasure", "HC", begins, case="A", charges=(charge,),
                       review_months=12)  # fmt: skip
    life.sentences.append(
        Sentence(sentence_id=life.own("s"), order_id=order.order_id, endless=True)
    )
    life.inside(at(begins, 18))


def eighteen_since_the_order(life: Life) -> None:
    begins = TODAY - DAY * 60
    life.born = date(begins.year - 18, begins.month, begins.day) + DAY * 5
    life.order("juvenile_behaviour", "FC-BZ", begins, until=TODAY + DAY * 60, case="J")
    life.inside(at(begins, 10))
    life.placements = []


def life_on_appeal(life: Life) -> None:
    begins, heard = TODAY - DAY * 900, TODAY - DAY * 500
    first = life.order("commitment_sentence", "HC", begins, case="A", state="replaced",
                       state_from=first_instant(heard))  # fmt: skip
    life.sentence(first, TODAY + DAY * 900, None, ended_at=first_instant(heard))
    order = life.order("resentencing", "CA", heard, case="A", changes=first.order_id)
    life.sentences.append(
        Sentence(sentence_id=life.own("l"), order_id=order.order_id, endless=True)
    )
    life.inside(at(begins, 18))


def serving_and_remanded_for_long(life: Life) -> None:
    """Who also serves a sentence is not kept waiting by the remand alone."""
    begins = TODAY - DAY * 300
    old = life.charge("B", state="convicted", longest_months=120)
    new = life.charge("A", longest_months=6)
    order = life.order("commitment_sentence", "HC", begins, case="B", charges=(old,))
    life.sentence(order, TODAY + DAY * 300, None)
    life.remanded("A", "MC-BZ", begins, TODAY + DAY * 10, new)
    life.inside(at(begins, 18))


def remanded_anew_for_less(life: Life) -> None:
    """The graver charge fell last month; what is left has waited for that month alone."""
    begins, fell = TODAY - DAY * 170, TODAY - DAY * 20
    grave = life.charge("A", state="withdrawn", decided_on=fell, life=True)
    light = life.charge("B", longest_months=3, likely_months=2)
    life.remanded("A", "HC", begins, fell, grave)
    life.order("charge_withdrawn", "HC", fell, case="A", charges=(grave,))
    life.remanded("B", "MC-BZ", fell, TODAY + DAY * 8, light)
    life.inside(at(begins, 18))


def consul_told_in_the_cells(life: Life) -> None:
    """By the police, two days before the prison had him; the history names that hour."""
    begins = TODAY - DAY * 20
    life.remanded("A", "MC-BZ", begins, TODAY + DAY * 8)
    life.inside(at(begins, 18))


def brought_to_the_other_prison(life: Life) -> None:
    """Seven hours on the road and the river."""
    begins, moved = TODAY - DAY * 20, at(TODAY - DAY * 4, 8)
    life.remanded("A", "MC-BZ", begins, TODAY + DAY * 8)
    life.inside(at(begins, 18), moved, "transferred")
    life.inside(moved + timedelta(hours=7))


RECIPES: tuple[Recipe, ...] = (
    in_part_acquitted, another_charge_of_the_case_withdrawn, quashed_and_tried_again,
    acquitted_and_held_as_an_alien, discharged_in_a_case_on_bail,
    freed_of_one_matter_at_court_and_brought_back_for_the_other, put_over_by_the_court,
    appeal_withdrawn, variation_set_aside, follows_what_was_varied, follows_what_was_pardoned,
    escaped_and_brought_back, one_after_the_other_by_date, debt_paid_and_gone,
    imprisoned_and_fined, paroled_from_a_later_day, judged_as_a_man_for_what_a_boy_did,
    eighteen_since_the_order, life_on_appeal, serving_and_remanded_for_long,
    remanded_anew_for_less, consul_told_in_the_cells, brought_to_the_other_prison,
)  # fmt: skip
