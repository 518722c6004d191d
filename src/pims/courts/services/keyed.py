"""Papers that the gate or the desk keyed before the records office: the order is about those."""

from collections.abc import Sequence

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.services.order_inputs import OrderName
from pims.jurisdictions.order_kinds import Effect, OrderKind
from pims.kernel.reasons import Reason
from pims.people import selectors as people

# Of a paper that was but told of: whoever keys the order holds the paper itself.
AWAITED = "paper_to_come"


def keyed_warrant(name: OrderName, kind: OrderKind) -> WarrantBrief | None:
    """The warrant that an order of this kind about this person rests on, as it was keyed.

    None where it was keyed as another kind of paper or was only told of: then the order makes a
    warrant of its own, which takes that one's place.
    """
    if name.keyed_warrant_name_id is None:
        return None
    brief = _warrants(name.person_id).get(name.keyed_warrant_name_id)
    if brief is None or AWAITED in brief.defects or brief.kind != kind.warrant:
        return None
    return brief


def wrongly_keyed(names: Sequence[OrderName], kind: OrderKind) -> dict[str, Reason]:
    """What the order cannot rest on: another person's paper, or a paper of no such effect."""
    for name in names:
        if name.keyed_warrant_name_id is not None:
            if kind.effect not in (Effect.DETAINS, Effect.SENTENCE):
                return {"keyed_warrant_name_id": Reason("courts.keyed_as_another_paper")}
            if name.keyed_warrant_name_id not in _warrants(name.person_id):
                return {"keyed_warrant_name_id": Reason("courts.warrant_of_another")}
        if name.keyed_release_order_id is not None:
            if kind.effect is not Effect.FREES:
                return {"keyed_release_order_id": Reason("courts.keyed_as_another_paper")}
            root = people.canonical_id(name.person_id)
            own = authority.release_orders([root]).get(root, [])
            if all(one.release_order_id != name.keyed_release_order_id for one in own):
                return {"keyed_release_order_id": Reason("courts.release_order_of_another")}
    return {}


def _warrants(person_id: int) -> dict[int, WarrantBrief]:
    """All of the person's warrants, whatever ended them. The zone is of no account here."""
    root = people.canonical_id(person_id)
    briefs = authority.warrants_of([root], zone="UTC").get(root, [])
    return {brief.warrant_name_id: brief for brief in briefs}
