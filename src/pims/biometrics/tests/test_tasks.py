"""The jobs of the worker: one that fails keeps no other waiting."""

import pytest

from pims.biometrics import tasks


def test_a_search_that_fails_keeps_no_other_waiting_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carried: list[int] = []

    def carry(search_id: int) -> bool:
        if search_id == 2:
            raise RuntimeError("its record cannot be opened")
        carried.append(search_id)
        return search_id != 4  # the gallery went away

    monkeypatch.setattr(tasks.searching, "waiting_searches", lambda: [1, 2, 3, 4, 5])
    monkeypatch.setattr(tasks, "carry_search", carry)
    with pytest.raises(ExceptionGroup) as told:
        tasks.answer_waiting(0)
    assert [str(one) for one in told.value.exceptions] == ["its record cannot be opened"]
    assert carried == [1, 3, 4]
