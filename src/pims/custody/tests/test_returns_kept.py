"""A van of returns: what cannot be of one line takes nothing from the others."""

from datetime import timedelta

import pytest

from pims.custody import services
from pims.custody.models import Escort
from pims.custody.services import ReturnRow, returns
from pims.custody.tests.prison import Prison
from pims.kernel import clock


def test_a_line_that_the_tables_rule_out_is_told_and_loses_no_other(
    prison: Prison, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = prison.held("Ana Chan"), prison.held("Beto Cal")
    first, second = prison.out(
        one.person_id, two.person_id, left_at=clock.now() - timedelta(hours=5)
    )
    whole = returns.close_escort

    def twice_out(tx, episode, escort, **how):
        if escort.pk == first:
            Escort.objects.create(
                episode=episode, person_id=episode.person_id, kind="court",
                establishment_id=episode.establishment_id, left_at=escort.left_at,
                recorded_by_id=1,
            )  # fmt: skip
        whole(tx, episode, escort, **how)

    monkeypatch.setattr(returns, "close_escort", twice_out)
    done = services.record_returns(
        prison.command,
        establishment_id=prison.establishment_id,
        rows=[ReturnRow(outcome="same_warrant", escort_id=n) for n in (first, second)],
    )
    assert [p.code for p in done.rows[0].problems] == ["custody.row_contradicts_the_record"]
    assert done.rows[1].returned is not None
    assert Escort.objects.get(pk=first).returned_at is None
    assert Escort.objects.get(pk=second).returned_at is not None
    assert "contradicts the record" in caplog.text
