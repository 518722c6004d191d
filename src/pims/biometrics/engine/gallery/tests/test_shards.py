"""What a gallery on several machines promises; here they are processes of a cluster of one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from pims.biometrics.engine.gallery import Gallery
from pims.biometrics.engine.gallery.compact import pack
from pims.biometrics.engine.gallery.shards import Packed, Shards, share_of
from pims.biometrics.engine.synthetic import WELL, Finger, bulk_templates, template_of
from pims.biometrics.engine.template import Position, Template

pytestmark = pytest.mark.any_server

INDEX, THUMB = Position.RIGHT_INDEX, Position.RIGHT_THUMB
# So few that every gallery lays a probe on everybody; compared in full are the best of all.
PEOPLE, SHARES = 240, 2

ray = pytest.importorskip("ray")


def key(seed: int) -> UUID:
    return UUID(int=(seed + 1) * 0x9E3779B97F4A7C15)


@pytest.fixture(scope="module")
def people() -> dict[UUID, dict[Position, Template]]:
    every = bulk_templates(range(PEOPLE), positions=[THUMB, INDEX])
    return {
        key(seed): {THUMB: every.template(2 * seed), INDEX: every.template(2 * seed + 1)}
        for seed in range(PEOPLE)
    }


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """On loopback alone, telling nobody of its use."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "OMP_NUM_THREADS": "1",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        ray.init(
            num_cpus=2, include_dashboard=False, object_store_memory=80 * 2**20,
            _node_ip_address="127.0.0.1", log_to_driver=False, logging_level="error",
            configure_logging=False,
        )  # fmt: skip
        yield ray
        ray.shutdown()


def test_a_machine_lost_in_the_middle_of_searches_changes_no_answer(
    cluster: Any, people: dict[UUID, dict[Position, Template]]
) -> None:
    table: dict[UUID, Packed] = {
        one: {at: pack(finger) for at, finger in fingers.items()} for one, fingers in people.items()
    }

    def source(number: int, count: int) -> Iterator[tuple[UUID, Packed]]:
        yield from (
            (one, packed) for one, packed in table.items() if share_of(one, count) == number
        )

    alone = Gallery(shortlist=30)
    alone.load(people.items())
    shards = Shards(source, SHARES, shortlist=30)

    # One more after the start, which whoever begins again must have as well.
    late = {INDEX: template_of(Finger(9_000, INDEX), 0, touch=WELL)}
    table[key(9_000)] = {at: pack(one) for at, one in late.items()}
    alone.put(key(9_000), late)
    shards.put(key(9_000), late)

    probes: list[dict[Position, Template]] = []
    for seed in (1, 2, 3, 5, 9_000, 70_000):
        probe = template_of(Finger(seed, INDEX), 1, touch=WELL)
        probes += [{INDEX: probe}, {Position.UNKNOWN: probe}]
    expected = [alone.search(probe, limit=5) for probe in probes]

    before = list(shards.actors)
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(shards.search, probe, limit=5) for probe in probes]
        answers[2].result()
        ray.kill(shards.actors[share_of(key(9_000), SHARES)])
        told = [answer.result() for answer in answers]
    assert told == expected
    assert shards.actors != before
    assert [hits[0].key for hits in told[8:10]] == [key(9_000)] * 2
    assert shards.remove(key(9_000))
    assert key(9_000) not in {hit.key for hit in shards.search(probes[8])}
