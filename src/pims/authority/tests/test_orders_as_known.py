"""An order reads as it was known at an instant: nothing of it is from later."""

from datetime import timedelta

from pims.authority import selectors, services
from pims.custody.tests.prison import Prison
from pims.foundation.commands.transaction import Command
from pims.kernel import clock


def test_an_order_that_fell_since_stood_as_was_known_before(
    fresh_database: object, prison: Prison
) -> None:
    held = prison.held(hours=5)
    name = selectors.warrants_of([held.person_id], zone="UTC")[held.person_id][0].warrant_name_id
    order = services.record_release_order(
        prison.command, establishment_id=prison.establishment_id, person_id=held.person_id,
        kind="bail", body_id=prison.court, received_at=clock.now() - timedelta(hours=1),
        warrant_name_ids=[name],
    ).release_order_id  # fmt: skip
    before = clock.now()
    services.withdraw_release_order(
        Command(prison.actor), release_order_id=order, how="by_body", reason="Rescinded",
        told_by="The registrar",
    )  # fmt: skip

    def read(known_at=None):
        (found,) = selectors.release_orders([held.person_id], known_at=known_at)[held.person_id]
        return found

    assert (read().state, read().is_open) == ("withdrawn", False)
    then = read(before)
    assert (then.release_order_id, then.state, then.withdrawn_at) == (order, "received", None)
    assert then.warrant_name_ids == read().warrant_name_ids == (name,)
    assert selectors.release_orders([held.person_id], known_at=before - timedelta(hours=2)) == {}
