"""What is promised of slaps, on synthetic hands and on what is no hand."""

import numpy as np
import pytest

from pims.biometrics.engine.codecs import ansi_nist
from pims.biometrics.engine.extraction import examine
from pims.biometrics.engine.images import from_pixels
from pims.biometrics.engine.matching import check_sequence
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.slaps import FINGERS, MOST_SIDE, Slap, segment
from pims.biometrics.engine.synthetic import WELL, Finger, draw, template_of
from pims.biometrics.engine.synthetic.slaps import slap_of
from pims.biometrics.engine.template import Position
from tests.fixtures.reference import need_reference

pytestmark = pytest.mark.any_server

RIGHT, LEFT, THUMBS = (2, 3, 4, 5), (7, 8, 9, 10), (1, 6)


def refusal(image: np.ndarray, **told: object) -> str:  # type: ignore[type-arg]
    with pytest.raises(Unusable) as caught:
        segment(image, **told)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize(
    ("slap", "positions", "turn"),
    [
        (Slap.RIGHT_FOUR, RIGHT, 20.0),
        (Slap.LEFT_FOUR, LEFT, -20.0),
        (Slap.THUMBS, THUMBS, 12.0),
    ],
)
def test_each_finger_of_a_slap_is_found_under_its_own_name(
    slap: Slap, positions: tuple[int, ...], turn: float
) -> None:
    found = segment(slap_of(5, positions, turn=turn, touch=WELL), slap=slap)
    assert [int(one.position) for one in found.fingers] == list(positions)
    assert found.turn == pytest.approx(turn, abs=6 if slap != Slap.THUMBS else 14)
    assert found.looks in (None, slap)
    assert not any(note.code == "biometrics.slap_other_hand" for note in found.notes)
    # The fingers that were cut out are whose they are said to be, all of them.
    cut = {
        one.position: examine(one.image, quality=False, method="mindtct").template
        for one in found.fingers
    }
    enrolled = {at: template_of(Finger(5, at), 3, touch=WELL) for at in cut}
    checked = check_sequence(cut, enrolled)
    assert set(checked.agreeing) == set(positions)
    assert checked.swapped == ()


def test_the_shape_of_a_hand_tells_which_it_is() -> None:
    right = segment(slap_of(6, RIGHT, turn=8, touch=WELL))
    assert right.slap == Slap.RIGHT_FOUR
    wrong = segment(slap_of(6, RIGHT, turn=-8, touch=WELL), slap=Slap.LEFT_FOUR)
    assert [note.code for note in wrong.notes] == ["biometrics.slap_other_hand"]


def test_a_finger_that_is_missing_has_to_be_named_and_the_others_keep_their_names() -> None:
    three = slap_of(7, (2, 3, 5), touch=WELL)
    assert refusal(three, slap=Slap.RIGHT_FOUR) == "biometrics.slap_count"
    found = segment(three, slap=Slap.RIGHT_FOUR, missing={Position.RIGHT_RING})
    assert [int(one.position) for one in found.fingers] == [2, 3, 5]
    # And one that is there cannot be told away.
    assert (
        refusal(slap_of(7, RIGHT, touch=WELL), slap=Slap.RIGHT_FOUR, missing={Position(4)})
        == "biometrics.slap_count"
    )


def test_fingers_that_touch_are_told_apart_by_their_ridges() -> None:
    found = segment(slap_of(8, LEFT, touching=True, touch=WELL), slap=Slap.LEFT_FOUR)
    assert [int(one.position) for one in found.fingers] == list(LEFT)


def test_light_ridges_on_dark_ground_are_turned_round() -> None:
    found = segment(255 - slap_of(5, THUMBS, touch=WELL), slap=Slap.THUMBS)
    assert "biometrics.inverted" in {note.code for note in found.notes}
    assert [int(one.position) for one in found.fingers] == [1, 6]


def test_what_is_no_slap_is_refused_with_the_reason() -> None:
    dice = np.random.default_rng(4)
    assert refusal(np.full((1000, 1000), 240, np.uint8)) == "biometrics.blank"
    assert refusal(np.full((300, 300), 240, np.uint8)) == "biometrics.slap_small"
    assert refusal(np.full((1500, 3000), 240, np.uint8)) == "biometrics.image_large"
    # One finger is no hand, however it lies on the scanner.
    alone = np.full((1200, 1200), 255, np.uint8)
    alone[300:800, 400:800] = draw(3, 2, 0)
    assert refusal(alone, slap=Slap.RIGHT_FOUR) == "biometrics.slap_count"
    noise = dice.integers(0, 256, (900, 900)).astype(np.uint8)
    assert refusal(noise) in {"biometrics.slap_count", "biometrics.blank"}
    with pytest.raises(ValueError, match="hand"):
        segment(alone, missing={Position.RIGHT_INDEX})


@pytest.mark.parametrize("name", ["valid1.8.an2", "type_6_wvu.an2"])
def test_four_fingers_of_real_hands_come_apart(name: str) -> None:
    slaps = {13: Slap.RIGHT_FOUR, 14: Slap.LEFT_FOUR}
    data = need_reference(f"ansi_nist/{name}").read_bytes()
    images = [
        one
        for one in ansi_nist.images(ansi_nist.read_transaction(data))
        if one.positions[:1] in ((13,), (14,))
    ]
    assert len(images) == 2
    for image in images:
        found = segment(ansi_nist.grey(image), ppi=image.ppi)
        assert found.slap == slaps[image.positions[0]]
        assert [one.position for one in found.fingers] == sorted(FINGERS[found.slap])


def test_two_thumbs_that_were_pressed_on_hard_are_two_and_no_hand() -> None:
    data = need_reference("ansi_nist/valid1.8.an2").read_bytes()
    read = ansi_nist.images(ansi_nist.read_transaction(data))
    image = next(one for one in read if one.positions == (15,))
    found = segment(from_pixels(ansi_nist.grey(image), most_side=MOST_SIDE), slap=Slap.THUMBS)
    assert [int(one.position) for one in found.fingers] == list(THUMBS)
    # And a hand is not taken for two thumbs.
    assert refusal(slap_of(8, RIGHT, touch=WELL), slap=Slap.THUMBS) == "biometrics.slap_count"
