"""What terms say, whether anybody may sign them, and how two of them differ."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange import catalogue
from pims.exchange.rules import terms as rules
from pims.exchange.rules.policy import Row, judge, reaches
from pims.exchange.rules.terms import BadTerms, difference, digest, document_of, faults, parse
from pims.exchange.tests.helpers import terms_of, whole

FACETS = (
    "held:now",
    "held:before",
    "everyone:yes",
    "establishment:A",
    "establishment:B",
    "sex:male",
)
COLUMNS = ("held", "since", "establishment", "out_to_hospital", "not_in_the_catalogue")
LABELS = ("juvenile", "health", "protected", "sealed")


def _codes(document: dict[str, Any], *, aggregate_only: bool = False) -> set[str]:
    return {one.code.removeprefix("exchange.") for one in faults(
        parse(document), aggregate_only=aggregate_only
    )}  # fmt: skip


def test_good_terms_have_no_faults_and_come_back_as_they_were() -> None:
    document = document_of(parse(terms_of()))
    assert _codes(document) == set()
    assert document_of(parse(json.loads(json.dumps(document)))) == document


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "curiosity"}, "unknown_purpose"),
        ({"legal_basis": []}, "no_legal_basis"),
        ({"legal_basis": [{"text": " ", "citation": "", "confirmed": False}]}, "no_legal_basis"),
        ({"valid_until": "2001-01-01T00:00:00+00:00"}, "ends_before_it_starts"),
        ({"valid_until": "2090-01-01T00:00:00+00:00"}, "too_long"),
        ({"labels": ["secret"]}, "unknown_label"),
        ({"lookups": ["rumour"]}, "unknown_lookup"),
        ({"tables": {}}, "no_tables"),
        ({"tables": {"gossip": whole("custody")}}, "unknown_table"),
        ({"tables": {"custody": {"rows": [], "columns": ["held"]}}}, "no_rows"),
        ({"tables": {"custody": {"rows": [[]], "columns": ["held"]}}}, "no_rows"),
        ({"tables": {"custody": {"rows": [["held"]], "columns": ["held"]}}}, "unknown_filter"),
        ({"tables": {"custody": {"rows": [["x:y"]], "columns": ["held"]}}}, "unknown_filter"),
        ({"tables": {"custody": {"rows": [["held:now"]], "columns": []}}}, "no_columns"),
        (
            {"tables": {"custody": {"rows": [["held:now"]], "columns": ["soul"]}}},
            "unknown_column",
        ),
        (
            {"tables": {"custody": {"rows": [["held:now"]], "columns": ["out_to_hospital"]}}},
            "column_needs_label",
        ),
        ({"events": {"born": "thin"}}, "unknown_event"),
        ({"events": {"released": "huge"}}, "unknown_event"),
        ({"events": {"released": "fat"}, "tables": {"person": whole("person")}},
         "events_need_custody"),
        ({"retention_days": 0}, "retention_out_of_range"),
        ({"quota": {"a_minute": 0, "a_day": 5}}, "quota_out_of_range"),
        ({"quota": {"a_minute": 9, "a_day": 5}}, "quota_out_of_range"),
    ],
)  # fmt: skip
def test_terms_with_a_fault_cannot_be_signed(change: dict[str, Any], code: str) -> None:
    assert code in _codes({**terms_of(), **change})


def test_the_observatory_can_agree_on_nothing_about_a_person() -> None:
    about = {**terms_of(), "lookups": [], "events": {}}
    assert _codes(about, aggregate_only=True) == {"about_persons"}
    asks = {**terms_of(), "tables": {"statistic": whole("statistic")}}
    assert _codes(asks, aggregate_only=True) == {"asks_about_persons"}
    assert _codes({**asks, "lookups": []}, aggregate_only=True) == set()


@pytest.mark.parametrize("member", sorted(terms_of()))
def test_a_member_that_is_missing_or_of_another_shape_is_no_terms_at_all(member: str) -> None:
    document = terms_of()
    for value in (None, object(), 1.5, [1], {"a": 1}):
        if member in ("events", "tables") and value == {"a": 1}:
            value = {"a": 1}
        with pytest.raises(BadTerms):
            parse({**document, member: value})
    del document[member]
    with pytest.raises(BadTerms):
        parse(document)
    with pytest.raises(BadTerms):
        parse({**terms_of(), "more": 1})


@given(st.permutations(sorted(terms_of())))
def test_the_digest_does_not_depend_on_the_order_of_members(order: list[str]) -> None:
    document = document_of(parse(terms_of()))
    assert digest({name: document[name] for name in order}) == digest(document)


_tables = st.dictionaries(
    st.sampled_from(["custody", "person"]),
    st.fixed_dictionaries(
        {
            "rows": st.lists(st.lists(st.sampled_from(FACETS), max_size=3), max_size=3),
            "columns": st.lists(st.sampled_from(COLUMNS), unique=True),
        }
    ),
)


@given(
    tables=_tables,
    named=st.sets(st.sampled_from(LABELS)),
    kind=st.sampled_from(["custody", "person", "alert"]),
    facets=st.frozensets(st.sampled_from(FACETS)),
    labels=st.frozensets(st.sampled_from(LABELS)),
)
def test_a_row_is_told_only_by_table_every_filter_every_label_and_column(
    tables: dict[str, Any],
    named: set[str],
    kind: str,
    facets: frozenset[str],
    labels: frozenset[str],
) -> None:
    terms = parse({**terms_of(), "tables": tables, "labels": sorted(named)})
    row = Row(
        kind, facets, labels, {"held": True, "since": "s", "not_listed_anywhere": 1},
        {"health": {"out_to_hospital": True}},
    )  # fmt: skip
    told = judge(terms, row)
    wanted = tables.get(kind)
    seen = (
        wanted is not None
        and wanted["rows"] != []
        and all(set(any_of) & facets for any_of in wanted["rows"])
        and labels <= named
    )
    assert (told is not None) == seen == reaches(terms, kind, facets, labels)
    if told is not None:
        assert told.keys() == {name for name in ("held", "since") if name in wanted["columns"]} | (
            {"out_to_hospital"} if "health" in named else set()
        ) & set(wanted["columns"])


def test_a_difference_says_what_would_be_told_that_was_not() -> None:
    before = terms_of(tables={"custody": {"rows": [["held:now"]], "columns": ["held"]}})
    after = deepcopy(before)
    after["tables"]["custody"] = {"rows": [["everyone:yes"]], "columns": ["held", "since"]}
    after["tables"]["person"] = {"rows": [["everyone:yes"]], "columns": ["number"]}
    after["labels"] = ["juvenile", "ordinary"]
    after["events"] = {"released": "fat"}
    after["quota"]["a_day"] += 1
    changes = {(c.code, c.wider) for c in difference(parse(before), parse(after))}
    assert changes == {
        ("column_added", True), ("filter_dropped", True), ("filter_added", False),
        ("table_added", True), ("label_added", True), ("event_added", True), ("a_day", True),
    }  # fmt: skip
    back = {(c.code, c.wider) for c in difference(parse(after), parse(before))}
    assert {code for code, wider in back if wider} == {"filter_dropped"}
    assert difference(parse(before), parse(before)) == []


def test_every_field_of_the_catalogue_has_one_meaning() -> None:
    for table in catalogue.TABLES.values():
        assert len(table.field_names) == len(table.fields)
        assert all(field.en and field.es for field in table.fields)
        assert {field.label for field in table.fields} <= {"", *catalogue.LABELS}
    assert rules.VERSION == 1
