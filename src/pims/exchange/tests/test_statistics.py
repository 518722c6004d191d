"""What the Observatory is told: numbers, and never a person."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction

from pims.custody.tests.prison import Prison
from pims.exchange import statistics
from pims.exchange.enforcement import reading
from pims.exchange.models import StatisticCell
from pims.exchange.rules.suppression import SMALL
from pims.exchange.tasks import count_month
from pims.exchange.tests.helpers import agency_with, inquire, terms_of, whole
from pims.foundation.access.actor import Actor
from pims.kernel import clock


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def last_month() -> date:
    return (clock.today("America/Belize").replace(day=1) - timedelta(days=1)).replace(day=1)


def test_a_month_is_counted_once_and_small_numbers_are_kept_nowhere(prison: Prison) -> None:
    for n in range(6):
        prison.held(f"Man Number {n}", hours=24 * 45)
    month = last_month()
    made = statistics.make_month(month)
    assert made == StatisticCell.objects.count() > 20
    assert statistics.make_month(month) == 0
    counts = StatisticCell.objects.values_list("count", flat=True)
    assert all(count is None or count == 0 or count > SMALL for count in counts)
    held = StatisticCell.objects.get(
        indicator="held_by_status", dimensions={"status": "total", "sex": "male"}
    )
    assert held.count == 6


def test_a_month_is_counted_on_a_later_day_where_the_third_had_no_light(prison: Prison) -> None:
    this = clock.today("America/Belize").replace(day=1)
    for day, counted in ((2, False), (9, True)):
        noon = datetime(this.year, this.month, day, 12, tzinfo=ZoneInfo("America/Belize"))
        with time_machine.travel(noon, tick=False):
            count_month.func(0)
        assert StatisticCell.objects.filter(period=last_month()).exists() is counted


def test_a_month_that_is_not_over_is_not_counted(prison: Prison) -> None:
    with pytest.raises(ValueError, match="not over"):
        statistics.make_month(clock.today("America/Belize").replace(day=1))


def test_the_observatory_reads_numbers_by_a_role_that_knows_of_nobody(prison: Prison) -> None:
    for n in range(6):
        prison.held(f"Man Number {n}", hours=24 * 45)
    statistics.make_month(last_month())
    terms = terms_of(
        "observatory", purpose="statistics", lookups=(), tables={"statistic": whole("statistic")}
    )
    agency = agency_with(terms, kind="observatory")
    inquired = inquire(agency, kind="statistics")
    with reading(inquired) as reader:
        rows = reader.read("statistic", where={"indicator": "held_by_status"})
        reader.give("statistic", rows)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("pims_observatory",)
            for view in ("agreed_custody", "agreed_person"):
                with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                    cursor.execute(f"SELECT * FROM {view}")
    assert {row.fields["dimensions"]["sex"] for row in rows} >= {"male", "female", "total"}
    assert all(row.person_id is None for row in rows)
    assert all(("count" in row.fields) for row in rows)
