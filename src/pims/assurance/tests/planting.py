"""Faults planted in the rows of the lawful prison, past every service: whom each is about, and the
alarms that must follow, each with the fault that it tells of."""

from collections.abc import Callable
from datetime import timedelta

from pims.assurance.tests.lawful_prison import LawfulPrison
from pims.authority import services as authority
from pims.authority.models import Body, CourtDate, Warrant, WarrantName
from pims.courts.models import Charge, CourtOrder, Hearing, SecondReading, Sentence
from pims.custody.models import Episode, Placement
from pims.kernel import clock
from pims.people.models import ConsularNotice, Contact, Person
from pims.sentences.models import Adjustment, Calculation, RuleSignature

Planted = dict[str, list[tuple[str, str]]]
NO_WARRANT = "no_valid_warrant"
PLANTS: dict[str, Callable[[LawfulPrison], Planted]] = {}


def plants(one: Callable[[LawfulPrison], Planted]) -> Callable[[LawfulPrison], Planted]:
    PLANTS[one.__name__] = one
    return one


def told(name: str, *faults: str, alarm: str = "") -> Planted:
    return {name: [(alarm or fault, fault) for fault in sorted(faults)]}


def _order(prison: LawfulPrison, name: str, **values: object) -> None:
    CourtOrder.objects.filter(pk=prison.orders[name]).update(**values)


@plants
def no_order(prison: LawfulPrison) -> Planted:
    with clock.at(prison.now - timedelta(days=2)):
        prison.receive("nobody")
    return told("nobody", "no_order", alarm=NO_WARRANT)


@plants
def next_date_passed(prison: LawfulPrison) -> Planted:
    day = prison.today - timedelta(days=2)
    _order(prison, "remand", next_date=day)
    named = prison.order_row("remand").warrant_name_id
    CourtDate.objects.filter(warrant_name_id=named).update(appears_on=day)
    return told("remand", "next_date_passed", alarm=NO_WARRANT)


@plants
def remand_expired(prison: LawfulPrison) -> Planted:
    day = prison.today - timedelta(days=2)
    _order(prison, "remand", next_date=day)
    named = prison.order_row("remand").warrant_name_id
    CourtDate.objects.filter(warrant_name_id=named).update(appears_on=day)
    Hearing.objects.filter(person_id=prison.persons["remand"]).update(
        on=day, outcome="adjourned", outcome_at=prison.now - timedelta(days=2), outcome_by_id=1
    )
    return told("remand", "remand_expired", alarm=NO_WARRANT)


@plants
def order_expired(prison: LawfulPrison) -> Planted:
    _order(prison, "foreigner", until=prison.today - timedelta(days=1))
    return told("foreigner", "order_expired", alarm=NO_WARRANT)


@plants
def dates_out_of_order(prison: LawfulPrison) -> Planted:
    _order(prison, "foreigner", until=prison.came.date() - timedelta(days=30))
    return told("foreigner", "dates_out_of_order", alarm=NO_WARRANT)


@plants
def order_no_longer_stands(prison: LawfulPrison) -> Planted:
    _order(prison, "sentenced", state="set_aside", state_at=prison.now - timedelta(days=1))
    return told("sentenced", "order_no_longer_stands", alarm=NO_WARRANT)


@plants
def fine_paid(prison: LawfulPrison) -> Planted:
    sentence = Sentence.objects.get(order_id=prison.orders["fined"])
    Adjustment.objects.create(
        person_id=prison.persons["fined"], kind="fine_paid", sentence=sentence,
        first_day=prison.today - timedelta(days=2), basis="Receipt 9",
        recorded_at=prison.now - timedelta(days=1), recorded_by_id=1,
    )  # fmt: skip
    return told("fined", "fine_paid", alarm=NO_WARRANT)


@plants
def release_date_passed(prison: LawfulPrison) -> Planted:
    Sentence.objects.filter(order_id=prison.orders["sentenced"]).update(months=0, days=5)
    return told("sentenced", "release_date_passed", alarm=NO_WARRANT)


@plants
def full_term_passed(prison: LawfulPrison) -> Planted:
    named = WarrantName.objects.filter(person_id=prison.persons["old"])
    Warrant.objects.filter(names__in=named).update(kind="committal_sentence")
    named.update(until=prison.today - timedelta(days=3), next_appearance=None)
    CourtDate.objects.filter(warrant_name__in=named).update(appears_on=None)
    return told("old", "full_term_passed", alarm=NO_WARRANT)


@plants
def parole_hearing_passed(prison: LawfulPrison) -> Planted:
    with clock.at(prison.came):
        prison.receive("recalled", place="GPA B-3/1")
        prison.order(
            "recalled", "parole_revoked", body="PB", next_date=prison.today + timedelta(days=20)
        )
    Hearing.objects.filter(person_id=prison.persons["recalled"]).update(
        cancelled_at=prison.now, cancelled_reason="Moved to the board"
    )
    prison.admitted()
    prison.heard_of("recalled")
    return told("recalled", "parole_hearing_passed", alarm=NO_WARRANT)


@plants
def court_without_power(prison: LawfulPrison) -> Planted:
    _order(prison, "lifer", body_id=prison.prison.bodies["MC-BZ"])
    return told("lifer", "court_without_power")


@plants
def order_revokes_itself(prison: LawfulPrison) -> Planted:
    _order(prison, "sentenced", changes_id=prison.orders["sentenced"], change="revokes")
    return told("sentenced", "order_revokes_itself")


@plants
def sentence_of_another(prison: LawfulPrison) -> Planted:
    other = Sentence.objects.get(order_id=prison.orders["fined"])
    Sentence.objects.filter(order_id=prison.orders["sentenced"]).update(
        link="consecutive", consecutive_to_id=other.pk
    )
    return told("sentenced", "sentence_of_another")


@plants
def order_without_end(prison: LawfulPrison) -> Planted:
    _order(prison, "foreigner", until=None)
    return told("foreigner", "order_without_end")


@plants
def second_reading_late(prison: LawfulPrison) -> Planted:
    SecondReading.objects.filter(order_id=prison.orders["boy"]).update(
        read_at=None, read_by_id=None
    )
    return told("boy", "second_reading_late")


@plants
def second_reading_differs(prison: LawfulPrison) -> Planted:
    SecondReading.objects.filter(order_id=prison.orders["boy"]).update(differences=["until"])
    return told("boy", "second_reading_differs")


@plants
def hearing_without_outcome(prison: LawfulPrison) -> Planted:
    one = Hearing.objects.get(person_id=prison.persons["remand"])
    one.pk, one.on = None, prison.today - timedelta(days=3)
    one.save()
    return told("remand", "hearing_without_outcome", alarm="next_appearance_passed")


@plants
def no_next_hearing(prison: LawfulPrison) -> Planted:
    _order(prison, "remand", kind="committed_for_trial", next_date=None)
    named = prison.order_row("remand").warrant_name_id
    CourtDate.objects.filter(warrant_name_id=named).update(appears_on=None)
    Hearing.objects.filter(person_id=prison.persons["remand"]).update(
        cancelled_at=prison.now, cancelled_reason="Vacated"
    )
    return told("remand", "no_next_hearing")


@plants
def unsentenced_6_months(prison: LawfulPrison) -> Planted:
    long_ago = prison.now - timedelta(days=250)
    Episode.objects.filter(person_id=prison.persons["remand"]).update(starts_at=long_ago)
    Placement.objects.filter(person_id=prison.persons["remand"]).update(starts_at=long_ago)
    _order(prison, "remand", dated=(long_ago - timedelta(days=1)).date())
    return told("remand", "unsentenced_6_months")


@plants
def unfit_not_reviewed(prison: LawfulPrison) -> Planted:
    _order(prison, "unfit", dated=prison.today - timedelta(days=220))
    return told("unfit", "unfit_not_reviewed")


@plants
def consul_not_told(prison: LawfulPrison) -> Planted:
    ConsularNotice.objects.update(withdrawn_at=prison.now)
    return told("foreigner", "consul_not_told")


@plants
def no_lawyer(prison: LawfulPrison) -> Planted:
    Contact.objects.filter(person_id=prison.persons["remand"], kind="lawyer").update(
        withdrawn_at=prison.now
    )
    return told("remand", "no_lawyer")


@plants
def juvenile_among_adults(prison: LawfulPrison) -> Planted:
    Placement.objects.filter(person_id=prison.persons["boy"]).update(
        unit_id=prison.prison.units["REM"]
    )
    return told("boy", "juvenile_among_adults")


@plants
def turned_18(prison: LawfulPrison) -> Planted:
    born = prison.today - timedelta(days=18 * 366 + 10)
    Person.objects.filter(pk=prison.persons["boy"]).update(
        birth_date=born, born_earliest=born, born_latest=born
    )
    return told("boy", "turned_18")


@plants
def date_from_unsigned_rule(prison: LawfulPrison) -> Planted:
    RuleSignature.objects.update(withdrawn_at=prison.now)
    Calculation.objects.filter(person_id=prison.persons["sentenced"]).update(provisional=True)
    return told("sentenced", "date_from_unsigned_rule")


@plants
def dates_not_calculable(prison: LawfulPrison) -> Planted:
    Calculation.objects.filter(person_id=prison.persons["sentenced"]).update(
        status="needs_person", earliest_arguable=prison.today
    )
    return told("sentenced", "dates_not_calculable")


@plants
def date_beyond_term(prison: LawfulPrison) -> Planted:
    row = Calculation.objects.get(person_id=prison.persons["sentenced"])
    late = (row.full_term_end + timedelta(days=60)).isoformat()
    for one in row.result["sentences"]:
        one["full_term_end"] = one["sentence_expiry"] = late
    row.save()
    return told("sentenced", "date_beyond_term")


@plants
def release_not_prepared(prison: LawfulPrison) -> Planted:
    Sentence.objects.filter(order_id=prison.orders["sentenced"]).update(months=0, days=70)
    return told("sentenced", "release_not_prepared")


@plants
def changes_an_order_elsewhere(prison: LawfulPrison) -> Planted:
    _order(prison, "sentenced", changes_as_written="S 9/25")
    return told("sentenced", "changes_an_order_elsewhere")


@plants
def orders_contradict(prison: LawfulPrison) -> Planted:
    row = prison.order_row("remand")
    prison.order(
        "remand", "remand", case_id=row.case_id, dated=row.dated,
        next_date=prison.today + timedelta(days=20), reference="Other 2/26",
    )  # fmt: skip
    CourtOrder.objects.filter(pk=row.pk).update(state="stands", state_at=None)
    WarrantName.objects.filter(pk=row.warrant_name_id).update(ends_at=None, end_kind="")
    return told("remand", "orders_contradict")


@plants
def discharged_with_order_open(prison: LawfulPrison) -> Planted:
    left = prison.now - timedelta(hours=2)
    mine = {"person_id": prison.persons["sentenced"]}
    Placement.objects.filter(**mine).update(ends_at=left)
    Episode.objects.filter(**mine).update(ends_at=left, end_kind="discharged")
    return told("sentenced", "discharged_with_order_open")


@plants
def held_for_police(prison: LawfulPrison) -> Planted:
    with clock.at(prison.now - timedelta(days=2)):
        prison.receive("wanted")
        authority.record_police_interest(
            prison.prison.command, person_id=prison.persons["wanted"], agency="CIB"
        )
    return {"wanted": [("held_for_police", "held_for_police"), (NO_WARRANT, "no_order")]}


@plants
def nothing_recorded(prison: LawfulPrison) -> Planted:
    with clock.at(prison.came):
        prison.receive("forgotten", place="GPA B-3/2")
        prison.order(
            "forgotten", "immigration_detention", body="IMM",
            until=prison.today + timedelta(days=90),
        )  # fmt: skip
    prison.admitted()
    return told("forgotten", "nothing_recorded")


@plants
def charges_ended(prison: LawfulPrison) -> Planted:
    """Decided on the page of the case, and no paper came."""
    Charge.objects.filter(person_id=prison.persons["remand"]).update(
        state="acquitted", decided_on=prison.today - timedelta(days=3)
    )
    return told("remand", "charges_ended", alarm=NO_WARRANT)


@plants
def freed_in_court_no_order(prison: LawfulPrison) -> Planted:
    one = Hearing.objects.get(person_id=prison.persons["remand"])
    one.pk, one.on = None, prison.today - timedelta(days=3)
    one.outcome, one.outcome_by_id = "acquitted", 1
    one.outcome_at = prison.now - timedelta(days=3)
    one.save()
    return told("remand", "freed_in_court_no_order", alarm="freed_without_order")


@plants
def court_unknown(prison: LawfulPrison) -> Planted:
    police = Body.objects.filter(kind="police").values_list("pk", flat=True)[0]
    _order(prison, "foreigner", body_id=police)
    return told("foreigner", "court_unknown")


@plants
def order_not_for_age(prison: LawfulPrison) -> Planted:
    _order(prison, "foreigner", kind="juvenile_behaviour", body_id=prison.prison.bodies["MC-BZ"])
    return told("foreigner", "order_not_for_age")


@plants
def order_on_anothers_charge(prison: LawfulPrison) -> Planted:
    """Keyed on the page of a case in which somebody else was charged."""
    charge = Charge.objects.get(person_id=prison.persons["remand"])
    Charge.objects.filter(pk=charge.pk).update(person_id=prison.persons["unfit"])
    charge.pk = None  # the remand prisoner's own is another one
    charge.save()
    return told("remand", "order_on_anothers_charge")


@plants
def sentence_not_begun(prison: LawfulPrison) -> Planted:
    later = prison.today + timedelta(days=30)
    rows = Sentence.objects.filter(order_id=prison.orders["sentenced"])
    rows.update(pronounced_on=later)
    return told("sentenced", "dates_not_calculable", "sentence_not_begun")


@plants
def paper_ends_before_term(prison: LawfulPrison) -> Planted:
    _order(prison, "sentenced", until=prison.today + timedelta(days=30))
    return told("sentenced", "paper_ends_before_term")


@plants
def at_large_not_shown(prison: LawfulPrison) -> Planted:
    Adjustment.objects.create(
        person_id=prison.persons["sentenced"], kind="at_large", days=9, basis="A letter",
        recorded_at=prison.now, recorded_by_id=1,
    )  # fmt: skip
    return told("sentenced", "at_large_not_shown", "dates_not_calculable")


@plants
def put_over_and_never_reviewed(prison: LawfulPrison) -> Planted:
    """Brought to court every month, remanded, and never looked at."""
    _order(prison, "unfit", dated=prison.today - timedelta(days=220))
    one = Hearing.objects.get(person_id=prison.persons["unfit"])
    for weeks in range(2, 30, 4):
        one.pk, one.on = None, prison.today - timedelta(weeks=weeks)
        one.outcome, one.outcome_by_id = "remanded" if weeks % 8 else "adjourned", 1
        one.outcome_at = prison.now - timedelta(weeks=weeks)
        one.save()
    return told("unfit", "unfit_not_reviewed")


@plants
def consul_told_of_an_earlier_custody(prison: LawfulPrison) -> Planted:
    ConsularNotice.objects.update(told_at=prison.now - timedelta(days=2_000))
    return told("foreigner", "consul_not_told")
