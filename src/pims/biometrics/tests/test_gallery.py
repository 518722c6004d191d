"""The gallery finds whom it holds, forgets whom it is told to, and takes no message too large."""

import socket
import struct
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from pims.biometrics.gallery import wire
from pims.biometrics.gallery.client import Gallery, GalleryAway, NotInGallery
from pims.biometrics.gallery.holding import Holding
from pims.biometrics.gallery.matching import threshold
from pims.biometrics.gallery.server import MOST_AT_ONCE, GalleryServer
from pims.biometrics.packing import pack
from pims.biometrics.tests.conftest import template_of

pytestmark = pytest.mark.any_server


def packed(seed: int, *positions: int, impression: int = 0) -> dict[int, bytes]:
    return {p: pack(template_of(seed, p, impression=impression)) for p in positions}


@pytest.fixture
def gallery(gallery_server: GalleryServer) -> Gallery:
    return Gallery(gallery_server.path)


def test_whoever_is_held_is_found_by_another_impression_before_everybody_else(
    gallery: Gallery,
) -> None:
    keys = [uuid4() for _ in range(30)]
    for seed, key in enumerate(keys):
        gallery.insert(key, packed(seed, 1, 2, 7))
    assert gallery.ping()[0] == 90
    for seed in (0, 11, 29):
        answer = gallery.identify(packed(seed, 1, 2, 7, impression=5), limit=3)
        assert answer.size == 90
        assert answer.hits[0].key == keys[seed]
        assert set(answer.hits[0].fingers) == {1, 2, 7}
        assert answer.hits[0].score > threshold(1e-6) > answer.hits[1].score


def test_a_finger_is_compared_with_the_same_finger_alone_and_one_of_unknown_place_with_all(
    gallery: Gallery,
) -> None:
    key = uuid4()
    gallery.insert(key, packed(3, 2))
    other = {3: packed(3, 2, impression=1)[2]}
    assert not gallery.identify(other, limit=5).hits
    assert gallery.identify({0: other[3]}, limit=5).hits[0].fingers.keys() == {2}


def test_who_is_passed_over_is_not_named(gallery: Gallery) -> None:
    key = uuid4()
    gallery.insert(key, packed(1, 1))
    assert not gallery.identify(packed(1, 1, impression=1), without=[key]).hits


def test_one_against_one_says_yes_no_or_that_it_holds_nothing(gallery: Gallery) -> None:
    key = uuid4()
    gallery.insert(key, packed(4, 1, 2))
    least = threshold(1e-4)
    assert gallery.verify(key, packed(4, 2, impression=2)).score > least
    assert gallery.verify(key, packed(5, 2, impression=2)).score < least
    assert gallery.verify(key, {0: packed(4, 1, impression=2)[1]}).score > least
    with pytest.raises(NotInGallery):
        gallery.verify(uuid4(), packed(4, 2))


def test_what_is_put_again_replaces_and_what_is_deleted_is_gone(
    gallery: Gallery, gallery_server: GalleryServer
) -> None:
    key = uuid4()
    gallery.insert(key, packed(1, 1, 2, 3))
    gallery.insert(key, packed(2, 1))
    assert gallery.ping()[0] == 1
    assert gallery.identify(packed(1, 1, impression=1)).hits[0].score < threshold(1e-4)
    gallery.delete(key)
    assert gallery.ping()[0] == 0
    assert not gallery.identify(packed(2, 1, impression=1)).hits
    assert not gallery_server.holding.keys()


def test_minutiae_that_belong_together_are_named_in_pairs(gallery: Gallery) -> None:
    one = pack(template_of(8, 1))
    same, other = pack(template_of(8, 1, impression=1)), pack(template_of(9, 1))
    alike, unlike = gallery.compare(one, [same, other])
    assert alike.score > threshold(1e-4) > unlike.score
    assert len(alike.pairs) > 15
    assert len({i for i, _ in alike.pairs}) == len({j for _, j in alike.pairs}) == len(alike.pairs)


def test_many_ask_and_change_at_once_and_everybody_is_answered_rightly(gallery: Gallery) -> None:
    keys = [uuid4() for _ in range(12)]
    for seed, key in enumerate(keys):
        gallery.insert(key, packed(seed, 1))
    wrong: list[object] = []

    def ask(seed: int) -> None:
        for impression in (1, 2, 3):
            hit = gallery.identify(packed(seed, 1, impression=impression), limit=1).hits[0]
            if hit.key != keys[seed]:
                wrong.append((seed, hit))

    def change(seed: int) -> None:
        for _ in range(5):
            gallery.insert(uuid4(), packed(100 + seed, 1))

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(12)]
    threads += [threading.Thread(target=change, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert gallery.ping()[0] == 32


def test_nobody_there_is_told_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(GalleryAway):
        Gallery(tmp_path / "nobody").ping()


@pytest.mark.parametrize(
    "message",
    [
        struct.pack(">II", 2**31, 10),
        struct.pack(">II", 10, 2**32 - 1),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 5, 0) + b"\xff\xfe\x00\x00\x00",
        struct.pack(">II", 40, 0) + b'{"do":"identify","pieces":[9,9,9],"x":1}',
        struct.pack(">II", 2000, 0) + b"[" * 2000,
    ],
)
def test_what_is_no_message_is_hung_up_on_and_the_next_is_answered(
    gallery: Gallery, gallery_server: GalleryServer, message: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(5)
        link.connect(str(gallery_server.path))
        link.sendall(message)
        assert link.recv(1) == b""
    assert gallery.ping()[0] == 0


@pytest.mark.parametrize(
    ("head", "pieces"),
    [
        ({"do": "format the disk"}, []),
        ({}, []),
        ({"do": "delete", "key": "not a key"}, []),
        ({"do": "identify", "positions": [1, 1], "limit": 1, "without": []}, [b"", b""]),
        ({"do": "identify", "positions": [1], "limit": 1, "without": []}, [b"PT no template"]),
        ({"do": "identify", "positions": [11], "limit": 1, "without": []}, [b"x"]),
        ({"do": "compare"}, []),
    ],
)
def test_a_wish_that_makes_no_sense_is_an_answer_and_not_a_fall(
    gallery: Gallery, head: dict[str, object], pieces: list[bytes]
) -> None:
    with pytest.raises(GalleryAway):
        gallery._ask(head, pieces)
    assert gallery.ping()[0] == 0


def test_while_the_database_is_being_read_nobody_is_told_that_there_is_nobody(
    gallery: Gallery, gallery_server: GalleryServer
) -> None:
    gallery.insert(UUID(int=1), packed(1, 1))
    gallery_server.ready = False
    with pytest.raises(GalleryAway):
        gallery.identify(packed(2, 1))


def test_the_threshold_is_the_matchers_own(gallery: Gallery) -> None:
    assert gallery.threshold(1e-6) == threshold(1e-6) > gallery.threshold(1e-4)


def test_the_socket_is_its_owners_alone(gallery_server: GalleryServer) -> None:
    assert gallery_server.path.stat().st_mode & 0o077 == 0


def test_whoever_sends_a_byte_at_a_time_is_hung_up_on_and_holds_no_place(
    gallery: Gallery, gallery_server: GalleryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pims.biometrics.gallery.server.MESSAGE_SECONDS", 0.3)
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(5)
        link.connect(str(gallery_server.path))
        link.sendall(struct.pack(">II", 1000, 1000))
        began = time.monotonic()
        hung_up = False
        while not hung_up and time.monotonic() - began < 5:
            try:
                link.sendall(b" ")
            except OSError:
                hung_up = True
            time.sleep(0.02)
        assert hung_up
    assert gallery.ping()[0] == 0


def test_every_place_taken_by_silence_is_no_answer_at_once_and_no_fall(
    gallery: Gallery, gallery_server: GalleryServer
) -> None:
    links = []
    try:
        for _ in range(MOST_AT_ONCE):
            links.append(socket.socket(socket.AF_UNIX))
            links[-1].connect(str(gallery_server.path))
        # Whoever asks waits no longer than it says.
        with pytest.raises(GalleryAway):
            gallery.ping(within=0.3)
    finally:
        for link in links:
            link.close()
    assert gallery.ping(within=5)[0] == 0


def test_a_folder_of_somebody_elses_is_not_served_from(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(PermissionError):
        GalleryServer(Holding(), tmp_path / "link" / "s")


def test_a_gallery_that_another_user_runs_is_not_believed(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    monkeypatch.setattr("pims.biometrics.gallery.client.ROOT", 54_322)
    with pytest.raises(GalleryAway):
        gallery.ping()


def test_a_message_that_would_be_too_large_is_not_sent(gallery: Gallery) -> None:
    left, right = socket.socketpair()
    with left, right, pytest.raises(wire.Malformed):
        wire.send(left, {"do": "compare"}, [bytes(wire.MOST_BODY), b"x"])
