"""Two officers whose changes lock the same persons the other way round."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.models import CommandResult
from pims.foundation.commands.transaction import Command, Transaction, service
from tests.fixtures.database import FreshDatabase

tries: Counter[int] = Counter()
together = Barrier(2)


@service
def lock_in_turn(tx: Transaction, *, first: int, second: int) -> int:
    """The mistake that no service of the product makes: the first time, the two do meet."""
    tries[first] += 1
    tx.lock_persons([first])
    if tries[first] == 1:
        together.wait(timeout=20)
    tx.lock_persons([second])
    return first


def test_of_two_changes_that_wait_for_each_other_both_are_made_and_no_officer_sees_an_error(
    fresh_database: FreshDatabase,
) -> None:
    tries.clear()
    actor = system_actor()

    def change(order: tuple[int, int]) -> int:
        try:
            return lock_in_turn(Command(actor), first=order[0], second=order[1])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(change, [(1, 2), (2, 1)])) == [1, 2]
    assert max(tries.values()) == 2, "what the database undid was repeated; it may undo both"
    assert CommandResult.objects.filter(name__endswith="lock_in_turn").count() == 2
