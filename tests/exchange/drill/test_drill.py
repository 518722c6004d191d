"""The disaster drill, small: whatever befalls them, every store ends up right."""

from pathlib import Path

import pytest

from pims.exchange.models import Cursor
from tests.exchange.drill.agencies import six
from tests.exchange.drill.scenario import Drill
from tests.exchange.drill.truth import Truth

PEOPLE, EVENTS, STEP = 60, 300, 30
PUSHED = ("police", "court", "social")

pytestmark = pytest.mark.any_server


@pytest.mark.usefixtures("db")
def test_every_store_is_what_its_agreement_allows_of_the_truth(tmp_path: Path) -> None:
    """Lost, doubled, late and reordered messages, a wrong clock, changed keys, killed receivers,
    one restored from an old backup, one dark for sixty days."""
    truth = Truth(seed=7)
    truth.fill(PEOPLE)
    drill = Drill(truth, six(tmp_path), seed=7, page=40)
    drill.start(pushed=PUSHED)
    assert drill.differences() == {}
    police, court, social, dark = (drill.by(c) for c in (*PUSHED, "immigration"))
    social.ahead = 3600  # its clock is an hour fast: it believes nothing that is pushed to it
    left_at = dark.store.position
    dark.dark = True
    for step in range(EVENTS // STEP):
        truth.happen(STEP)
        for one in (police, court, social):
            drill.push(one)
        for one in drill.receivers:
            if not one.dark and drill.rng.random() < 0.5:
                drill.pull(one, pages=2)
        if step == 2:
            court.store.back_up()
            drill.rotate(police)
        if step == 4:
            drill.late_ones_arrive()
            drill.learn_secret(police)
        if step in (3, 5, 7):
            drill.kill_soon(drill.by("parole"))
            drill.kill_soon(police)
        if step == 8:
            drill.restore(court)
    assert set(drill.differences()) >= {"immigration"}
    drill.days_pass(60, after=left_at)
    dark.dark = False
    drill.late_ones_arrive()
    for one in drill.receivers:
        while drill.pull(one):
            pass
    assert drill.differences() == {}
    assert {one.code: one.store.done_twice() for one in drill.receivers} == {
        one.code: [] for one in drill.receivers
    }
    assert Cursor.objects.count() == len(drill.receivers)
    counts = drill.counts
    for what in ("lost", "doubled", "delayed", "reordered", "refused"):
        assert getattr(counts, what) >= 3, what
    assert counts.killed >= 3
    assert (counts.restored, counts.rotated) == (1, 1)
    sizes = {one.code: len(truth.due(one.document)) for one in drill.receivers}
    assert len(set(sizes.values())) >= 4, sizes
