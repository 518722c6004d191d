"""What an agency may be told, read through the one place where it is read."""

from datetime import timedelta

import pytest
from django.db import connection

from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.enforcement import Inquired, InquiryRefused, open_own, reading
from pims.exchange.models import (
    AgreementVersion,
    Asked,
    Disclosure,
    Inquiry,
    InquiryCount,
    ShelfRow,
)
from pims.exchange.shelving import shelve
from pims.exchange.shelving.lookup_keys import number_key
from pims.exchange.tests.helpers import (
    agency_with,
    inquire,
    sign_and_activate,
    small_agency,
    terms_of,
    token_for,
    whole,
)
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry
from pims.kernel import clock


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def _number(person_id: int) -> str:
    return str(ShelfRow.objects.get(person_id=person_id, kind="person").fields["number"])


def _asked(inquired: Inquired, table: str, person_id: int) -> list[dict[str, object]]:
    with reading(inquired) as reader:
        rows = reader.read(table, person_ids=[person_id])
        reader.give(table, rows)
    return [dict(row.fields) for row in rows]


def test_an_agency_reads_the_columns_of_its_agreement_and_no_other(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    columns = ["held", "since"]
    agency = agency_with(
        terms_of(tables={"custody": {"rows": [["everyone:yes"]], "columns": columns}})
    )
    (row,) = _asked(inquire(agency), "custody", person_id)
    assert row.keys() == {"held", "since"}
    assert row["held"] is True
    assert _asked(inquire(agency), "person", person_id) == []


def test_nothing_is_read_without_an_inquiry(prison: Prison) -> None:
    shelve([prison.one().person_id])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agreed_custody")
        assert cursor.fetchone() == (0,)


def test_filters_of_a_table_intersect_and_none_at_all_means_no_row(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    agency = small_agency()
    facets = ShelfRow.objects.get(person_id=person_id, kind="custody").facets
    place = next(f for f in facets if f.startswith("establishment:"))
    for rows, seen in (
        ([["held:now"]], 1),
        ([["held:now"], [place]], 1),
        ([["held:now"], ["establishment:NOWHERE"]], 0),
        ([["held:before", "held:now"]], 1),
        ([["held:before"]], 0),
    ):
        terms = terms_of(tables={"custody": {"rows": rows, "columns": ["held"]}})
        sign_and_activate(agency, terms)
        assert len(_asked(inquire(agency), "custody", person_id)) == seen, rows


def test_what_was_given_has_a_receipt_that_names_its_fields(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    agency = agency_with(
        terms_of(tables={"custody": {"rows": [["everyone:yes"]], "columns": ["held"]}})
    )
    inquired = inquire(agency, asked={"number": _number(person_id)})
    _asked(inquired, "custody", person_id)
    disclosed = Disclosure.objects.get(inquiry_id=inquired.inquiry_id)
    assert disclosed.person_id == person_id
    assert disclosed.fields == ["custody.held"]
    entry = LedgerEntry.objects.get(pk=disclosed.entry_id)
    assert (entry.kind, entry.person_ids) == ("exchange.disclosed", [person_id])
    detail = LedgerDetail.objects.get(entry=entry)
    assert detail.person_id == person_id
    assert "PC 1234 Choc" in detail.details
    assert "PC 1234 Choc" not in entry.body
    assert Asked.objects.get(inquiry_id=inquired.inquiry_id).person_id == person_id


def test_a_question_that_finds_nothing_leaves_its_receipt_too(prison: Prison) -> None:
    agency = agency_with()
    inquired = inquire(agency)
    with reading(inquired) as reader:
        assert reader.find("number", number_key("0000000")) == []
    row = Inquiry.objects.get(pk=inquired.inquiry_id)
    assert row.found == 0
    assert LedgerEntry.objects.get(pk=row.entry_id).kind == "exchange.inquired"


def test_a_closed_inquiry_reads_nothing_more(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    inquired = inquire(agency_with())
    assert _asked(inquired, "custody", person_id)
    with reading(inquired, close=False) as reader:
        assert reader.read("custody", person_ids=[person_id]) == []


@pytest.mark.parametrize(
    ("label", "prepare"),
    [("juvenile", "juvenile"), ("sealed", "sealed"), ("protected", "protected")],
)
def test_what_carries_a_label_leaves_only_where_the_agreement_names_it(
    prison: Prison, label: str, prepare: str
) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    ShelfRow.objects.filter(person_id=person_id).update(labels=[label])
    plain, named = (
        agency_with(terms_of("police")),
        agency_with(terms_of("parole", labels=("ordinary", label)), kind="parole"),
    )
    assert _asked(inquire(plain), "custody", person_id) == []
    assert _asked(inquire(named), "custody", person_id) != []


def test_that_somebody_is_in_hospital_is_health(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    row = ShelfRow.objects.get(person_id=person_id, kind="custody")
    row.guarded = {"health": {"out_to_hospital": True}}
    row.save()
    columns = ["held", "out_to_hospital"]
    table = {"custody": {"rows": [["everyone:yes"]], "columns": columns}}
    agency = agency_with(terms_of("social", labels=("health",), tables=table), kind="social")
    assert _asked(inquire(agency), "custody", person_id) == [
        {"held": True, "out_to_hospital": True}
    ]
    plain = agency_with(terms_of(tables={"custody": whole("custody")}))
    assert "out_to_hospital" not in _asked(inquire(plain), "custody", person_id)[0]


def test_a_suspended_agency_is_told_nothing_and_let_back_it_is_told_again(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    agency = agency_with()
    opened = inquire(agency)
    services.set_agency_state(
        Command(agency.officers[0]), agency_id=agency.agency_id, version=1, state="suspended",
        reason="A key was lost",
    )  # fmt: skip
    with reading(opened, close=False) as reader:
        assert reader.read("custody", person_ids=[person_id]) == []
    with pytest.raises(InquiryRefused, match="agency_not_active"):
        inquire(agency)
    services.set_agency_state(
        Command(agency.officers[0]), agency_id=agency.agency_id, version=2, state="active",
        reason="A new key",
    )  # fmt: skip
    assert _asked(inquire(agency), "custody", person_id)


def test_another_agencys_certificate_and_a_stale_token_are_refused(prison: Prison) -> None:
    police, court = agency_with(terms_of("police")), agency_with(terms_of("court"), kind="court")
    stolen = token_for(police)
    with pytest.raises(InquiryRefused, match="bad_token"):
        inquire(police, token_hash=stolen, thumbprint=court.thumbprint)
    with pytest.raises(InquiryRefused, match="bad_token"):
        inquire(police, token_hash=b"\0" * 32)
    with pytest.raises(InquiryRefused, match="bad_token"):
        inquire(police, token_hash=token_for(police, seconds=-1))


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"purpose": "parole"}, "no_agreement"),
        ({"end_user": "  "}, "bad_request"),
        ({"end_user": "x" * 201}, "bad_request"),
        ({"kind": "preview"}, "bad_request"),
        ({"kind": "delivery"}, "bad_request"),
    ],
)
def test_a_question_without_purpose_or_end_user_is_refused_and_kept(
    db: None, more: dict[str, str], outcome: str
) -> None:
    agency = agency_with()
    with pytest.raises(InquiryRefused, match=outcome):
        inquire(agency, **more)
    assert Inquiry.objects.get(outcome=outcome).closed_at is not None
    assert LedgerEntry.objects.filter(kind="exchange.refused").count() == 1


def test_a_quota_is_kept(db: None) -> None:
    agency = agency_with(terms_of(a_minute=2, a_day=5))
    inquire(agency)
    inquire(agency)
    with pytest.raises(InquiryRefused, match="over_quota"):
        inquire(agency)


def test_a_days_quota_ends_with_the_day_and_no_sooner(db: None) -> None:
    agency = agency_with(terms_of(a_minute=2, a_day=2))
    inquire(agency)
    inquire(agency)

    def asked_earlier(**before: float) -> None:
        """As if both had been asked so long ago."""
        InquiryCount.objects.update(begins_at=clock.now() - timedelta(**before))

    for before in ({"minutes": 5}, {"hours": 24}):
        asked_earlier(**before)
        with pytest.raises(InquiryRefused, match="over_quota"):
            inquire(agency)
    asked_earlier(hours=24, minutes=16)
    inquire(agency)
    days = InquiryCount.objects.filter(span="day").order_by("begins_at")
    assert [one.count for one in days] == [2, 1]
    days.filter(count=2).update(begins_at=clock.now() - timedelta(days=3))
    InquiryCount.objects.filter(span="minute").update(begins_at=clock.now() - timedelta(minutes=9))
    inquire(agency)
    assert [one.count for one in days.all()] == [2]


def test_an_agreement_past_its_day_tells_nothing(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    agency = agency_with()
    opened = inquire(agency)
    services.end_agreement(
        Command(agency.officers[0]), version_id=agency.version_id, reason="They moved out"
    )
    with reading(opened, close=False) as reader:
        assert reader.read("custody", person_ids=[person_id]) == []
    with pytest.raises(InquiryRefused, match="no_agreement"):
        inquire(agency)


def test_a_preview_shows_what_a_draft_would_and_gives_nothing_away(prison: Prison) -> None:
    person_id = prison.one().person_id
    shelve([person_id])
    agency = small_agency()
    drafted = services.draft_agreement(
        Command(agency.officers[0]), agency_id=agency.agency_id, terms=terms_of()
    )
    inquired = open_own(version_id=drafted.version_id, kind="preview")
    with reading(inquired, close=False) as reader:
        (row,) = reader.read("custody", person_ids=[person_id])
    assert row.fields["held"] is True
    # To deliver under it is another thing: nobody has signed.
    with reading(open_own(version_id=drafted.version_id), close=False) as reader:
        assert reader.read("custody", person_ids=[person_id]) == []
    assert not Disclosure.objects.exists()


def test_an_agreement_whose_period_ran_out_is_not_in_force(db: None) -> None:
    until = clock.now() + timedelta(seconds=4)  # by then both have signed, however busy it is
    agency = agency_with(terms_of(valid_until=until))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep_until(%s)", [until + timedelta(milliseconds=50)])
    with pytest.raises(InquiryRefused, match="no_agreement"):
        inquire(agency)


def test_what_was_to_give_way_to_terms_that_never_begin_holds_on(db: None) -> None:
    agency = agency_with()
    now, ends = agency.version_id, AgreementVersion.objects.get(pk=agency.version_id).ends_at
    in_days = [clock.now() + timedelta(days=days) for days in (10, 20)]
    soon, later = (sign_and_activate(agency, terms_of(valid_from=day)) for day in in_days)

    def until(version_id: int) -> object:
        return AgreementVersion.objects.get(pk=version_id).ends_at

    def give_up(version_id: int) -> None:
        services.end_agreement(
            Command(agency.officers[0]), version_id=version_id, reason="The law is not passed yet"
        )

    assert [until(now), until(soon)] == in_days
    give_up(soon)
    assert until(now) == in_days[1]
    give_up(later)
    assert until(now) == ends
