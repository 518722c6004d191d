"""Papers that the gate or the desk keyed before the records office: the order is about those."""

from collections.abc import Sequence

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.services.order_inputs import OrderName
from pims.courts.services.order_warrants import warrants_of
from pims.jurisdictions.order_kinds import Effect, OrderKind
from pims.kernel.reasons import Reason
from pims.people import selectors as people

# Of a paper that was but told of: whoever keys the order holds the paper itself.
AWAITED = "paper_to_come"
# How an entry ended that no order can rest on.
NEVER = frozenset({"void", "returned"})


def keyed_warrant(name: OrderName, kind: OrderKind) -> WarrantBrief | None:
    """The warrant that an order of this kind about this person rests on, as it was keyed.

    None where it was keyed as another kind of paper or was only told of: then the order makes a
    warrant of its own, which takes that one's place. None also of an entry that is void or that was
    returned: the paper that is in somebody's hand is another.
    """
    if name.keyed_warrant_name_id is None:
        return None
    brief = warrants_of(name.person_id).get(name.keyed_warrant_name_id)
    if brief is None or AWAITED in brief.defects or brief.kind != kind.warrant:
        return None
    if brief.end_kind in NEVER:
        return None
    return brief


def wrongly_keyed(names: Sequence[OrderName], kind: OrderKind) -> dict[str, Reason]:
    """What the order cannot rest on: another person's paper, or a paper of no such effect."""
    for name in names:
        if name.keyed_warrant_name_id is not None:
            if kind.effect not in (Effect.DETAINS, Effect.SENTENCE):
                return {"keyed_warrant_name_id": Reason("courts.keyed_as_another_paper")}
            if name.keyed_warrant_name_id not in warrants_of(name.person_id):
                return {"keyed_warrant_name_id": Reason("courts.warrant_of_another")}
        if name.keyed_release_order_id is not None:
            if kind.effect is not Effect.FREES:
                return {"keyed_release_order_id": Reason("courts.keyed_as_another_paper")}
            root = people.canonical_id(name.person_id)
            own = authority.release_orders([root]).get(root, [])
            found = [o for o in own if o.release_order_id == name.keyed_release_order_id]
            if not found:
                return {"keyed_release_order_id": Reason("courts.release_order_of_another")}
            if found[0].withdrawn_how:
                return {"keyed_release_order_id": Reason("courts.release_order_fell")}
    return {}
