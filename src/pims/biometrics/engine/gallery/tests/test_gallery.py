"""What the gallery promises, on a small population of synthetic people."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from pims.biometrics.engine.gallery import Gallery
from pims.biometrics.engine.gallery.compact import pack, unpack
from pims.biometrics.engine.gallery.exhaustive import Exhaustive
from pims.biometrics.engine.gallery.segments import SLOTS, segment, without
from pims.biometrics.engine.matching import Matcher, threshold
from pims.biometrics.engine.synthetic import WELL, Finger, bulk_templates, template_of
from pims.biometrics.engine.template import Position, RidgeMap, Template

INDEX = Position.RIGHT_INDEX
PEOPLE = 400


def key(seed: int) -> UUID:
    return UUID(int=seed + 1)


@pytest.fixture(scope="module")
def people() -> list[Template]:
    every = bulk_templates(range(PEOPLE), positions=[INDEX])
    return [every.template(k) for k in range(PEOPLE)]


@pytest.fixture
def gallery(people: list[Template]) -> Gallery:
    """So short a list that the index has to choose."""
    made = Gallery(shortlist=20)
    made.load((key(seed), {INDEX: template}) for seed, template in enumerate(people))
    return made


def test_people_are_found_by_another_impression(gallery: Gallery) -> None:
    for seed in range(10):
        probe = template_of(Finger(seed, INDEX), 1, touch=WELL)
        assert gallery.search({INDEX: probe})[0].key == key(seed)
        # Also where nobody knows which finger it is, or it was laid on upside down.
        assert gallery.search({Position.UNKNOWN: probe})[0].key == key(seed)


def test_a_stranger_is_nobody(gallery: Gallery) -> None:
    probe = template_of(Finger(10_000, INDEX), 1)
    assert gallery.search({INDEX: probe})[0].score < threshold(1e-5)


def test_a_search_gives_the_score_that_comparing_gives(
    gallery: Gallery, people: list[Template]
) -> None:
    probe = template_of(Finger(4, INDEX), 1)
    hit = gallery.search({INDEX: probe})[0]
    matcher = Matcher()
    kept = matcher.prepare(unpack(pack(people[4])))
    # The ratio of one finger, mixed with the chance of a wrong label, is a little lower.
    assert hit.fingers[INDEX] == pytest.approx(
        matcher.compare(matcher.prepare(probe), kept).score, abs=1e-4
    )


def test_who_is_removed_is_not_found_and_leaves_nothing_behind(gallery: Gallery) -> None:
    probe = template_of(Finger(6, INDEX), 1, touch=WELL)
    assert gallery.search({INDEX: probe})[0].key == key(6)
    index, templates = gallery.bytes_held()
    assert gallery.remove(key(6))
    assert key(6) not in gallery
    assert all(hit.key != key(6) for hit in gallery.search({INDEX: probe}))
    assert gallery.templates(key(6)) == {}
    assert gallery.bytes_held()[0] < index
    assert gallery.bytes_held()[1] < templates
    assert not gallery.remove(key(6))
    assert len(gallery) == PEOPLE - 1


def test_somebody_put_just_now_is_found_at_once_and_again_after_the_index_took_them(
    gallery: Gallery,
) -> None:
    gallery.search({INDEX: template_of(Finger(0, INDEX), 1)})
    newcomers = range(5000, 5000 + 270)
    for seed in newcomers:
        gallery.put(key(seed), {INDEX: template_of(Finger(seed, INDEX), 0, touch=WELL)})
        if seed in (5000, 5269):
            probe = template_of(Finger(seed, INDEX), 1, touch=WELL)
            assert gallery.search({INDEX: probe})[0].key == key(seed)
    probe = template_of(Finger(5000, INDEX), 1, touch=WELL)
    assert gallery.search({INDEX: probe})[0].key == key(5000)


def test_putting_again_replaces_and_without_leaves_out(gallery: Gallery) -> None:
    other = template_of(Finger(7000, INDEX), 0, touch=WELL)
    gallery.put(key(3), {INDEX: other})
    probe = template_of(Finger(7000, INDEX), 1, touch=WELL)
    assert gallery.search({INDEX: probe})[0].key == key(3)
    assert len(gallery) == PEOPLE
    assert all(hit.key != key(3) for hit in gallery.search({INDEX: probe}, without={key(3)}))
    gallery.put(key(3), {})
    assert key(3) not in gallery


def test_a_finger_is_only_compared_with_those_of_its_position(gallery: Gallery) -> None:
    probe = template_of(Finger(2, INDEX), 1, touch=WELL)
    assert gallery.search({Position.LEFT_THUMB: probe}) == []
    assert gallery.verify(key(2), {Position.LEFT_THUMB: probe}) is None
    told = gallery.verify(key(2), {INDEX: probe})
    assert told is not None
    assert told.score > threshold(1e-4)
    assert gallery.verify(key(99_999), {INDEX: probe}) is None


def test_a_template_comes_back_as_it_was_kept() -> None:
    template = template_of(Finger(1, INDEX), 0)
    shape = (62, 50)
    dice = np.random.default_rng(2)
    layers = [dice.integers(0, 256, shape, np.uint8) for _ in range(4)]
    ridges = RidgeMap(layers[0], layers[1], layers[2], 8, layers[3])
    back = unpack(pack(replace(template, ridges=ridges)))
    assert np.abs(back.x - template.x).max() <= 1 / 64
    assert np.abs(back.angle - template.angle).max() < 1e-4
    assert (back.kind == template.kind).all()
    assert (back.quality == template.quality).all()
    assert back.ridges is not None
    assert back.ridges.step == 16
    assert pack(back) == pack(unpack(pack(back)))
    assert unpack(pack(template)).ridges is None


def test_an_index_without_a_finger_is_as_if_it_had_never_been_there() -> None:
    dice = np.random.default_rng(3)
    codes = [dice.integers(0, 1 << 22, 50).astype(np.uint32) for _ in range(3)]
    wheres = [dice.integers(0, 1 << 15, 50).astype(np.uint32) for _ in range(3)]
    data = [b"one", b"another", b"third"]
    gone = without(segment(codes, wheres, data), 1)
    nothing = np.empty(0, np.uint32)
    never = segment(
        [codes[0], nothing, codes[2]], [wheres[0], nothing, wheres[2]], [b"one", b"", b"third"]
    )
    grown = segment(codes[2:], wheres[2:], data[2:], segment(codes[:2], wheres[:2], data[:2]))
    for one, other in ((gone, never), (grown, segment(codes, wheres, data))):
        assert (one.starts == other.starts).all()
        assert (one.postings == other.postings).all()
        assert (one.counts == other.counts).all()
        assert [one.data(k) for k in range(3)] == [other.data(k) for k in range(3)]
    with pytest.raises(ValueError):
        segment([nothing] * (SLOTS + 1), [nothing] * (SLOTS + 1), [b""] * (SLOTS + 1))


def test_comparing_with_all_at_once_gives_what_comparing_one_by_one_gives(
    people: list[Template],
) -> None:
    matcher = Matcher()
    prints = [matcher.prepare(template) for template in people[:30]]
    probe = matcher.prepare(template_of(Finger(3, INDEX), 1))
    told = Exhaustive(prints).scores(probe)
    one_by_one = [np.float32(matcher.compare(probe, other).score) for other in prints]
    assert told.tolist() == one_by_one
