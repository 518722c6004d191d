"""The UN's classification of crime: code to title, levels 1 to 3 (two, four and five digits)."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def iccs_titles() -> Mapping[str, str]:
    text = (files("pims.jurisdictions") / "iccs.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {row["code"]: row["title"] for row in csv.DictReader(lines)}
