"""A rule is signed as it stands; whose dates were provisional by it are worked out anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused
from pims.sentences import law as laws
from pims.sentences import selectors, services
from pims.sentences.tests.bench import Bench

REMISSION = "belize-2017.remission"


def sign(bench: Bench, code: str = REMISSION, **more: object) -> services.SignatureResult:
    given = {
        "signed_by_name": "A. Pech", "office": "Legal officer", "signed_on": bench.today,
    } | more  # fmt: skip
    return services.sign_rule(Command(bench.lawyer), rule_code=code, **given)


@pytest.mark.any_server
def test_a_signed_rule_makes_nobodys_dates_provisional_any_more(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    before = selectors.calculation(bench.records, bench.ana)
    assert before is not None
    assert REMISSION in before.provisional_rules
    assert sign(bench).recalculated == 1
    after = selectors.calculation(bench.records, bench.ana)
    assert after is not None
    assert set(before.provisional_rules) - set(after.provisional_rules) == {REMISSION}
    assert after.dates.edr == before.dates.edr
    assert after.dates.provisional, "other rules are still unsigned"
    assert {one.code for one in after.rules if one.signed} == {REMISSION}


@pytest.mark.any_server
def test_dates_are_final_when_every_rule_is_signed_and_no_longer_when_one_is_not(
    bench: Bench,
) -> None:
    bench.sentence()
    bench.work_out()
    for rule in selectors.unsigned_rules(bench.lawyer):
        made = sign(bench, rule.rule.code)
    assert not bench.dates().provisional
    services.withdraw_signature(
        Command(bench.lawyer), signature_id=made.signature_id, reason="Overruled on appeal"
    )
    assert bench.dates().provisional
    with pytest.raises(Refused, match="withdrawn_already"):
        services.withdraw_signature(
            Command(bench.lawyer), signature_id=made.signature_id, reason="Again"
        )


@pytest.mark.any_server
def test_rules_in_use_that_nobody_signed_say_how_many_rest_on_them(bench: Bench) -> None:
    bench.sentence()
    bench.sentence(person_id=bench.ben)
    bench.work_out(bench.ana, bench.ben)
    found = {one.rule.code: one.resting for one in selectors.unsigned_rules(bench.lawyer)}
    assert found[REMISSION] == 2
    assert "belize-2017.life" not in found, "nobody's dates rest on it"
    sign(bench)
    assert REMISSION not in {one.rule.code for one in selectors.unsigned_rules(bench.lawyer)}


@pytest.mark.any_server
def test_a_rule_that_is_changed_is_unsigned_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sentence()
    sign(bench)
    law = laws.law_in_force()
    (version,) = law.versions
    rule = replace(version.rules["remission"], fingerprint="f" * 16)
    changed = replace(law, versions=(replace(version, rules={**version.rules, "remission": rule}),))
    monkeypatch.setattr(laws, "law_in_force", lambda: changed)
    assert laws.signed_rules(changed) == frozenset()
    row = next(one for one in selectors.law_rules(bench.lawyer) if one.rule.code == REMISSION)
    assert row.signature is None
    assert [one.outlived for one in row.earlier] == [True]


@pytest.mark.any_server
def test_what_can_not_be_signed_is_sent_back(bench: Bench) -> None:
    with pytest.raises(NotFound):
        sign(bench, "belize-2017.luck")
    with pytest.raises(InvalidInput):
        sign(bench, signed_on=bench.today + timedelta(days=1))
    with pytest.raises(InvalidInput):
        sign(bench, signed_by_name=" ")
    sign(bench)
    with pytest.raises(Refused, match="signed_already"):
        sign(bench)
    with pytest.raises(NotPermitted):
        services.sign_rule(
            Command(bench.records), rule_code=REMISSION, signed_by_name="A", office="B",
            signed_on=bench.today,
        )  # fmt: skip
