"""Two engines that share nothing agree, on cases that neither was written for."""

import pytest

from tests.sentences.calendar_engine import DAYS, PLACE
from tests.sentences.comparing import compare
from tests.sentences.generator import LAWS

SHARDS, EACH = 8, 2_500  # 20,000 cases


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_two_engines_agree_on_every_date_of_every_case(shard: int) -> None:
    answers, disagreed = compare(EACH, first=shard * 10_000_000)

    assert disagreed == []
    assert answers["calculated"] == EACH
    assert min(answers[f"{law} calculated"] for law in LAWS) > EACH / 5
    assert answers["invalid"] < EACH / 50, "made cases are such as courts pass"


def test_the_second_engines_calendar_is_the_one_on_the_wall() -> None:
    assert DAYS[PLACE["1999-12-31"] + 1] == "2000-01-01"
    assert PLACE["2000-03-01"] - PLACE["2000-02-28"] == 2
    assert PLACE["2100-03-01"] - PLACE["2100-02-28"] == 1
    assert PLACE["2024-11-22"] - PLACE["2023-11-22"] == 366


def test_the_second_engine_imports_nothing_of_the_product() -> None:
    from pathlib import Path

    from tests.sentences import calendar_engine

    lines = Path(calendar_engine.__file__).read_text("utf-8").splitlines()
    imports = [one for one in lines if one.startswith(("import ", "from "))]
    assert not [one for one in imports if "pims" in one or "datetime" in one or "calendar" in one]
