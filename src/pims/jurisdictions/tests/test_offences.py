"""The offence table: what is not known is empty, and every row can be counted by the UN's list."""

from typing import Any

import pytest

from pims.jurisdictions.iccs import iccs_titles
from pims.jurisdictions.offences import offences, parse_offences
from pims.jurisdictions.tables import BadTable, read_table
from pims.jurisdictions.tests.test_tables import edited

SOUND: dict[str, Any] = {
    "code": "x", "en": "X", "es": "X", "act": "a", "section": "1", "grade": "lesser",
    "iccs": "0502", "confidence": "read", "note": "read there",
}  # fmt: skip


def table(*rows: dict[str, Any], grade_confidence: str = "unconfirmed") -> dict[str, Any]:
    return {
        "grade": {"citation": "", "confidence": grade_confidence},
        "act": [{"code": "a", "title": "Act", "chapter": "Cap. 1", "confidence": "read"}],
        "offence": list(rows),
    }


def test_a_charge_can_be_chosen_for_every_kind_of_crime_the_prison_sees() -> None:
    belize = offences()
    assert len(belize) >= 100
    first_level = {offence.iccs[:2] for offence in belize.values()}
    assert {f"{n:02}" for n in range(1, 11)} <= first_level
    for named in ("murder", "robbery", "drug_trafficking", "firearm_unlicensed", "illegal_entry"):
        assert named in belize


@pytest.mark.parametrize("jurisdiction", ["belize", "testland"])
def test_every_offence_has_a_code_of_the_un_classification_at_level_two_or_three(
    jurisdiction: str,
) -> None:
    for offence in offences(jurisdiction).values():
        assert offence.iccs in iccs_titles()
        assert len(offence.iccs) in (4, 5), offence.code


def test_the_classification_is_whole_and_each_code_has_its_parents() -> None:
    titles = iccs_titles()
    assert len(titles) > 240
    assert titles["0101"] == "Intentional homicide and other similar killings"
    for code in titles:
        assert len(code) in (2, 4, 5), code
        assert code[:2] in titles
        assert len(code) < 5 or code[:4] in titles


def test_what_nobody_confirmed_cites_nothing() -> None:
    doubtful = [o for o in offences().values() if o.confidence == "unconfirmed"]
    assert doubtful
    assert all(not o.section and not o.longest_known for o in doubtful)
    assert all(o.note for o in offences().values() if o.confidence == "read")


def test_no_grade_of_belize_is_given_as_known() -> None:
    assert {o.grade_confidence for o in offences().values()} == {"unconfirmed"}
    assert {o.grade for o in offences().values()} == {"serious", "lesser"}


def test_the_longest_term_is_life_or_months_or_not_known() -> None:
    belize = offences()
    assert belize["murder"].life
    assert belize["murder"].longest_known
    assert belize["murder"].longest_months is None
    assert belize["manslaughter_negligence"].longest_months == 60
    assert belize["expulsion_breach"].longest_months == 6
    assert not belize["theft"].longest_known


def test_a_charge_is_cited_as_far_as_it_is_known() -> None:
    assert offences()["rape"].citation == "s 46, Criminal Code, Cap. 101"
    assert offences()["arson"].citation == "Criminal Code, Cap. 101"
    assert offences("testland")["taking"].citation == "s 40, Testland Code"


def test_the_names_are_each_offences_own_in_both_languages() -> None:
    for language in ("en", "es"):
        names = [offence.label[language] for offence in offences().values()]
        assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"confidence": "unconfirmed"}, "unconfirmed, and yet"),
        ({"confidence": "unconfirmed", "section": "", "life": True}, "unconfirmed, and yet"),
        ({"confidence": "memory", "section": ""}, "nothing is cited"),
        ({"note": None}, "does not say where"),
        ({"life": True, "longest_years": 5}, "life and a term"),
        ({"longest_years": 5, "longest_months": 6}, "in years and in months"),
        ({"longest_years": 0}, "of nothing"),
        ({"longest_months": -1}, "of nothing"),
        ({"iccs": "9999"}, "iccs"),
        ({"grade": "grave"}, "grade"),
        ({"act": "b"}, "act"),
        ({"es": ""}, "es is empty"),
        ({"sectoin": "2"}, "unknown: sectoin"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(changes: dict[str, Any], told: str) -> None:
    assert parse_offences(table(SOUND))["x"].section == "1"
    with pytest.raises(BadTable, match=told):
        parse_offences(table(edited(SOUND, **changes)))


def test_two_offences_of_one_code_and_a_table_without_grades_are_refused() -> None:
    with pytest.raises(BadTable, match="twice"):
        parse_offences(table(SOUND, SOUND))
    with pytest.raises(BadTable, match="grade"):
        parse_offences({**table(SOUND), "grade": {}})


def test_the_files_head_says_that_nothing_is_signed() -> None:
    assert read_table("belize", "offences")["grade"]["confidence"] == "unconfirmed"
