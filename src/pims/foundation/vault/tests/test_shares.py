"""What a keeper of recovery shares is promised."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.foundation.vault import shamir, shares
from pims.foundation.vault.ciphers import new_key
from pims.kernel.errors import InvalidInput

byte = st.integers(0, 255)


@given(byte, byte, byte)
def test_the_field_multiplies_and_divides_as_a_field_does(a: int, b: int, c: int) -> None:
    assert shamir.multiply(a, b) == shamir.multiply(b, a)
    assert shamir.multiply(a, shamir.multiply(b, c)) == shamir.multiply(shamir.multiply(a, b), c)
    assert shamir.multiply(a, b ^ c) == shamir.multiply(a, b) ^ shamir.multiply(a, c)
    if b:
        assert shamir.divide(shamir.multiply(a, b), b) == a


def test_the_field_is_that_of_aes() -> None:
    # FIPS 197, section 4.2: {57} x {83} = {c1}, {57} x {13} = {fe}
    assert shamir.multiply(0x57, 0x83) == 0xC1
    assert shamir.multiply(0x57, 0x13) == 0xFE


@given(
    secret=st.binary(min_size=1, max_size=33),
    numbers=st.integers(2, 6).flatmap(lambda n: st.tuples(st.integers(2, n), st.just(n))),
)
def test_every_subset_of_enough_shares_gives_the_secret(
    secret: bytes, numbers: tuple[int, int]
) -> None:
    threshold, count = numbers
    parts = shamir.split(secret, threshold=threshold, shares=count)
    for size in range(threshold, count + 1):
        for points in combinations(parts, size):
            assert shamir.combine({p: parts[p] for p in points}) == secret


def test_too_few_shares_tell_nothing_each_secret_stays_equally_likely() -> None:
    # With two of three known, each value of the third gives another secret: all 256 are left.
    parts = shamir.split(b"\x2a", threshold=3, shares=3)
    possible = {
        shamir.combine({1: parts[1], 2: parts[2], 3: bytes([guess])})[0] for guess in range(256)
    }
    assert possible == set(range(256))


@pytest.mark.parametrize(("threshold", "count"), [(1, 3), (4, 3), (0, 0), (2, 256)])
def test_impossible_numbers_of_shares_are_refused(threshold: int, count: int) -> None:
    with pytest.raises(ValueError):
        shamir.split(b"secret", threshold=threshold, shares=count)


def test_printed_shares_typed_back_in_any_manner_give_the_key() -> None:
    master = new_key()
    printed = [s.lines() for s in shares.split_key(master, version=3, threshold=3, shares=5)]
    assert all(len(lines) == 3 for lines in printed)
    for chosen in combinations(printed, 3):
        typed = [
            shares.read_share(
                [line.lower().replace("-", " ").replace("0", "o").replace("1", "l") for line in p]
            )
            for p in chosen
        ]
        assert shares.join_key(typed) == (3, master)


@given(st.data())
def test_a_wrong_character_is_found_in_its_line(data: st.DataObject) -> None:
    lines = shares.split_key(bytes(range(32)), version=1, threshold=2, shares=2)[0].lines()
    row = data.draw(st.integers(0, 2))
    places = [i for i, c in enumerate(lines[row][:29]) if c != "-"]
    place = data.draw(st.sampled_from(places))
    other = data.draw(
        st.sampled_from([c for c in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if c != lines[row][place]])
    )
    changed = list(lines)
    changed[row] = lines[row][:place] + other + lines[row][place + 1 :]
    body = changed[row].translate(str.maketrans("", "", "-= "))
    # Two check characters let one in 1,024 slips through; the key's fingerprint finds those.
    if shares._check(body[:-2], row) == body[-2:]:
        return
    with pytest.raises(InvalidInput) as caught:
        shares.read_share(changed)
    assert caught.value.fields["share"].params == {"line": row + 1}


def test_lines_in_the_wrong_order_are_found() -> None:
    first, second, third = shares.split_key(new_key(), version=1, threshold=2, shares=2)[0].lines()
    with pytest.raises(InvalidInput):
        shares.read_share([second, first, third])
    with pytest.raises(InvalidInput) as caught:
        shares.read_share([first, second])
    assert caught.value.fields["share"].code == "vault.share_lines"


def test_shares_of_two_keys_too_few_shares_and_false_shares_are_told_apart() -> None:
    one = shares.split_key(new_key(), version=1, threshold=3, shares=4)
    two = shares.split_key(new_key(), version=2, threshold=3, shares=4)
    false = shares.Share(one[2].threshold, one[2].point, 1, one[2].key, bytes(32))
    for given_shares, code in [
        ([one[0], one[1], two[2]], "vault.shares_of_different_keys"),
        ([one[0], one[1], one[1]], "vault.shares_too_few"),
        ([one[0], one[1], false], "vault.shares_do_not_fit"),
        ([], "vault.shares_too_few"),
    ]:
        with pytest.raises(InvalidInput) as caught:
            shares.join_key(given_shares)
        assert caught.value.fields["share"].code == code


def test_neither_key_nor_share_shows_itself_in_a_log() -> None:
    share = shares.split_key(b"\xaa" * 32, version=1, threshold=2, shares=2)[0]
    assert "value" not in repr(share)
