"""What a room that keeps something sensitive is promised."""

import pytest
from django.db import connection

from pims.foundation.commands.transaction import Transaction
from pims.foundation.vault import ciphers, personkeys, secrets, values
from pims.foundation.vault.errors import Erased, KeyMissing, Tampered, WrongKey
from pims.foundation.vault.models import Erasure, MasterKey, PersonKey
from pims.kernel import clock

PLACE = {"table": "health_note", "row": 12, "column": "text"}


def test_a_value_opens_where_it_was_sealed(tx: Transaction) -> None:
    sealed = values.seal_value(7, "asthma, señora".encode(), **PLACE)
    assert b"asthma" not in sealed
    assert values.open_value(7, sealed, **PLACE).decode() == "asthma, señora"


def test_a_value_copied_to_another_row_column_or_person_is_refused(tx: Transaction) -> None:
    sealed = values.seal_value(7, b"private", **PLACE)
    values.seal_value(8, b"other", **PLACE)
    for person_id, change in [
        (7, {"row": 13}), (7, {"column": "title"}), (7, {"table": "other"}), (8, {}),
    ]:  # fmt: skip
        with pytest.raises(Tampered):
            values.open_value(person_id, sealed, **{**PLACE, **change})


def test_each_person_has_a_key_of_their_own_made_once(tx: Transaction) -> None:
    for _ in range(3):
        values.seal_value(7, b"x", **PLACE)
        values.seal_value(8, b"x", **PLACE)
    assert PersonKey.objects.count() == 2
    assert MasterKey.objects.filter(state="active").count() == 1


def test_many_values_of_many_persons_open_with_few_queries(
    tx: Transaction, django_assert_max_num_queries: object
) -> None:
    sealed = [
        values.Sealed(
            p, "t", r, "c", values.seal_value(p, f"{p}/{r}".encode(), table="t", row=r, column="c")
        )
        for p in range(1, 31)
        for r in range(3)
    ]
    personkeys.cache.forget()
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        opened = values.open_values(sealed)
    assert opened == [f"{s.person_id}/{s.row}".encode() for s in sealed]
    with django_assert_max_num_queries(0):  # type: ignore[operator]
        values.open_values(sealed)


def test_a_master_key_that_is_missing_or_another_is_told_apart_from_tampering(
    tx: Transaction,
) -> None:
    sealed = values.seal_value(7, b"private", **PLACE)
    path = secrets.secret_path(ciphers.master_secret(1))
    kept = path.read_bytes()
    try:
        path.unlink()
        personkeys.cache.forget()
        with pytest.raises(KeyMissing):
            values.open_value(7, sealed, **PLACE)
        with pytest.raises(KeyMissing):
            values.seal_value(9, b"new", **PLACE)
        path.write_bytes(ciphers.new_key())
        with pytest.raises(WrongKey):
            values.open_value(7, sealed, **PLACE)
    finally:
        path.write_bytes(kept)
    assert values.open_value(7, sealed, **PLACE) == b"private"


def test_a_wrapped_key_given_to_another_person_opens_nothing(tx: Transaction) -> None:
    sealed = values.seal_value(7, b"private", **PLACE)
    values.seal_value(8, b"x", **PLACE)
    personkeys.cache.forget()
    wrapped = PersonKey.objects.get(person_id=7).wrapped
    PersonKey.objects.filter(person_id=8).update(wrapped=wrapped)
    with pytest.raises(WrongKey):
        values.open_value(8, sealed, **PLACE)


def test_someone_without_a_key_and_someone_erased_are_told_apart(tx: Transaction) -> None:
    with pytest.raises(KeyMissing):
        values.open_value(7, b"\x01" * 40, **PLACE)
    Erasure.objects.create(
        person_id=7, person_ids=[7], order_reference="o", state="erased", ordered_at=clock.now(),
        ordered_by_id=1, confirmed_by_id=2, confirmed_at=clock.now(), erased_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(Erased):
        values.open_value(7, b"\x01" * 40, **PLACE)
    with pytest.raises(Erased):
        values.seal_value(7, b"again", **PLACE)


def test_a_held_key_of_a_person_made_again_is_dropped_for_the_new_one(tx: Transaction) -> None:
    old = ciphers.WorkingKeys.of(ciphers.new_key())
    sealed = values.seal_value(7, b"private", **PLACE)
    personkeys.cache.put(7, old)
    assert values.open_value(7, sealed, **PLACE) == b"private"


def test_the_cache_is_bounded_in_number_and_time() -> None:
    cache = personkeys.KeyCache(size=10, seconds=60)
    keys = ciphers.WorkingKeys.of(bytes(32))
    for person_id in range(100):
        cache.put(person_id, keys)
    assert len(cache) == 10
    assert cache.get(99) is keys
    assert cache.get(0) is None
    brief = personkeys.KeyCache(size=10, seconds=-1)
    brief.put(1, keys)
    assert brief.get(1) is None


def test_no_history_is_kept_of_key_material(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'vault%%history' ORDER BY 1"
        )
        assert [row[0] for row in cursor.fetchall()] == [
            "vault_master_key_history", "vault_sealing_history",
        ]  # fmt: skip
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns"
            " WHERE table_name = 'vault_master_key_history' AND data_type = 'bytea'"
        )
        assert cursor.fetchone() == (0,)
