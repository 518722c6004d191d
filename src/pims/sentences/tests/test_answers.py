"""Whole answers, looked at once by a person and kept: no word or number of them moves unseen.

``python -m pims.sentences.tests.test_answers`` writes them anew, to be looked at again.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Calculation, Finding, Step, Term, calculate, case_from
from pims.sentences.explaining import reason_of, told
from pims.sentences.tests.making import adjustment, case, remand, sentence
from pims.sentences.tests.test_explaining import rich
from pims.sentences.tests.test_reading import UNREADABLE
from pims.sentences.tests.test_refusals import INVALID, NEEDS_PERSON, UNSUPPORTED, fine, paid, part

KEPT = Path(__file__).with_name("answers.json")


def asked() -> Iterator[tuple[str, Calculation]]:
    belize, plain, testland = map(sentence_law, ("belize", "plain", "testland"))
    for kind in (INVALID, NEEDS_PERSON, UNSUPPORTED):
        for code, parts in kind.items():
            yield code, calculate(case(*parts), belize)
    for number, (code, data) in enumerate(UNREADABLE):
        yield f"{code} {number}", calculate(case_from(data), plain)
    for days in ("as_of", "born_on"):
        unlikely = case(sentence(), **{days: "1899-12-31"})
        yield f"unlikely {days}", calculate(unlikely, plain)
    for field in ("effective_from", "offence_on", "review_on", "reviewed_on"):
        later = case(sentence(**{field: "2200-01-01"}))
        yield f"unlikely {field}", calculate(later, plain)
    for field in ("starts", "ends", "applies_from"):
        more = {"applies_from": "2024-01-10", field: "2200-01-01"}
        yield (
            f"unlikely {field}",
            calculate(case(sentence(), adjustment("remand", 3, **more)), plain),
        )
    for name, parts, law, more in (
        ("life under bare arithmetic", (sentence(kind="life"),), plain, {}),
        ("pleasure under bare arithmetic", (sentence(kind="pleasure", term=Term()),), plain, {}),
        ("part paid under bare arithmetic", (fine(), part()), plain, {}),
        ("juvenile", (sentence(),), belize, {"born_on": "2010-01-01"}),
        ("life of the young", (sentence(kind="life"),), belize, {"born_on": "2006-01-11"}),
        ("before birth", (sentence(),), plain, {"born_on": "2024-01-11"}),
        ("before the day asked about", (sentence(),), plain, {"as_of": "2024-01-09"}),
        ("open from later", (sentence(), adjustment("remand", starts="2024-03-01",
         applies_from="2024-01-10")), plain, {"as_of": "2024-02-01"}),
        ("no date of the offence", (sentence(),), testland, {}),
        ("two laws", (sentence(1, offence_on="2015-06-30", term=Term(years=3)),
         sentence(2, consecutive_to=1, offence_on="2015-07-01")), testland, {}),
        ("another reading", (sentence(1), sentence(2, "2024-02-10"), remand(40)), plain, {}),
        ("beside the dates", (sentence(), remand(3, starts="2024-01-08", ends="2024-01-12"),
         remand(2, "2024-01-20"), adjustment("unlawfully_at_large", 2, starts="2024-05-01",
         ends="2024-05-04")), plain, {}),
        ("credit over the term", (sentence(term=Term(days=9)), remand(10)), plain, {}),
        ("over before", (sentence(effective_from="2010-01-01"),), plain, {}),
        ("released before parole", (sentence(offence_on="2020-01-01", offence_class="serious",
         term=Term(years=2)), remand(100)), testland, {}),
        ("testland life", (sentence(kind="life", offence_on="2020-01-01", term=Term(years=9)),
         sentence(2, kind="pleasure", offence_on="2020-01-01", term=Term(),
         reviewed_on="2024-02-02"), adjustment("unlawfully_at_large", 3, starts="2024-05-01")),
         testland, {}),
        ("late payment", (fine(number=2), part(300, 2), part(300, 2, starts="2024-03-01"),
         paid(2, starts="2024-05-30")), belize, {}),
        ("compensation", (sentence(1, kind="compensation_default", amount_cents=5),
         part(2, starts="2024-01-30")), belize, {}),
        ("paid in full", (fine(number=3), paid(3, starts="2024-01-20")), belize, {}),
        ("too much in parts", (fine(), part(600), part(301)), belize, {}),
        ("all in parts, undated", (fine(), part(600), part(300)), belize, {}),
        ("everything", tuple(rich().sentences) + tuple(rich().adjustments), belize, {}),
    ):  # fmt: skip
        yield name, calculate(case(*parts, **more), law)


def as_kept() -> dict[str, Any]:
    return json.loads(json.dumps({name: _whole(found) for name, found in asked()}, default=str))  # type: ignore[no-any-return]


def _whole(found: Calculation) -> dict[str, Any]:
    return {
        "status": found.status,
        "law": found.law,
        "versions": found.versions,
        "rules": [rule.code for rule in found.rules],
        "earliest_arguable": found.earliest_arguable,
        "provisional": found.provisional,
        "findings": [_said(one) | {"sentences": one.sentences} for one in found.findings],
        "steps": [_said(one) | {"rules": [r.code for r in one.rules]} for one in found.steps],
    }


def _said(said: Step | Finding) -> dict[str, Any]:
    return {
        "code": said.code,
        "outcome": getattr(said, "outcome", "step"),
        "params": said.params,
        "en": told(said, "en"),
        "reference": reason_of(said).reference,
    }


def test_no_word_or_number_of_an_answer_moves_unseen() -> None:
    kept, now = json.loads(KEPT.read_text("utf-8")), as_kept()
    assert now.keys() == kept.keys()
    for name, answer in now.items():
        assert answer == kept[name], name


if __name__ == "__main__":
    import django

    django.setup()
    text = json.dumps(as_kept(), indent=1, ensure_ascii=False, sort_keys=True)
    KEPT.write_text(text + "\n", "utf-8")
