"""An order that names a paper which is not on record frees from nothing by itself."""

import pytest

from pims.authority import selectors as authority
from pims.courts.tests.court import Court
from pims.courts.tests.test_orders import warrants
from pims.courts.tests.test_what_orders_did import jail


@pytest.mark.any_server
@pytest.mark.parametrize("named", ["SELF 9/26", "X 99/12"], ids=["itself", "not on record"])
def test_an_order_about_a_paper_that_nobody_has_frees_from_no_other_matter(
    court: Court, named: str
) -> None:
    """One that revokes itself, too: a person says from what it frees, if from anything."""
    jail(court)
    freed = court.order(
        "appeal_allowed", body="CA", reference="SELF 9/26", change="sets_aside",
        changes_reference=named,
    )  # fmt: skip
    (release,) = freed.release_order_ids
    (kept,) = authority.release_orders([court.ana])[court.ana]
    assert (kept.release_order_id, kept.warrant_name_ids) == (release, ())
    assert "frees_from_nothing_known" in court.row(freed).defects
    court.verify(freed)
    assert not any(one.end_kind for one in warrants(court.ana).values() if one.until)
