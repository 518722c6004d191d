"""The tables of a jurisdiction that the proof rests on, gathered once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pims.assurance.proof.counting import PLAIN, Counting, counting_of
from pims.jurisdictions.courts import Power, courts, powers
from pims.jurisdictions.here import HERE
from pims.jurisdictions.order_kinds import Effect, OrderKind, order_kinds
from pims.jurisdictions.sentence_law import laws, sentence_law
from pims.jurisdictions.warrant_kinds import bodies, warrant_kinds

Ability = Literal["can", "doubtful", "cannot"]

# The country whose nationals are no foreigners there.
_HOME = {"belize": "BZ"}


@dataclass(frozen=True, slots=True)
class Law:
    """`bodies` is a body's kind by its code, `statuses` what a person held on a kind of order
    counts as, `courts` the kinds of bodies that make orders; `home` is the country's code, ""
    where every nationality is foreign to nobody; `counting`, how it counts months: as the files of
    this version say, until an export or the law that was put in force says otherwise."""

    code: str
    kinds: Mapping[str, OrderKind]
    powers: Mapping[str, Power]
    bodies: Mapping[str, str]
    statuses: Mapping[str, str]
    courts: frozenset[str]
    home: str = ""
    counting: Counting = PLAIN

    def effect(self, kind: str) -> Effect | None:
        """What an order of this kind does; None of a kind that the table does not have."""
        found = self.kinds.get(kind)
        return None if found is None else found.effect

    def court_kind(self, court: str, given: str = "") -> str:
        return self.bodies.get(court, given)

    def knows(self, court_kind: str) -> bool:
        """Whether any table has bodies of this kind that make orders."""
        return court_kind in self.powers or court_kind in self.courts

    def ability(self, court_kind: str, kind: str) -> Ability:
        """Whether such a body can make such an order, as far as the table says."""
        power = self.powers.get(court_kind)
        if power is None:
            return "doubtful"
        if kind in power.may:
            return "can"
        return "cannot" if kind in power.cannot else "doubtful"

    def frees_from(self, release: str, kind: str) -> bool:
        """Whether an order to set free of the one kind can end, where it does not name it, what an
        order of the other made."""
        found, held = self.kinds.get(release), self.kinds.get(kind)
        return found is not None and held is not None and held.warrant in found.frees

    def citation(self, kind: str) -> str:
        found = self.kinds.get(kind)
        return "" if found is None else found.citation


@cache
def law_of(jurisdiction: str = HERE) -> Law:
    """Raises FileNotFoundError where there is no such jurisdiction, BadTable."""
    warrants = warrant_kinds(jurisdiction)
    kinds = order_kinds(jurisdiction)
    return Law(
        code=jurisdiction,
        kinds=kinds,
        powers=powers(jurisdiction),
        bodies={body.code: body.kind for body in bodies(jurisdiction)},
        statuses={
            code: warrants[kind.warrant].legal_status
            for code, kind in kinds.items()
            if kind.warrant
        },
        courts=frozenset(court.kind for court in courts(jurisdiction).values()),
        home=_HOME.get(jurisdiction, ""),
        counting=counting_of(sentence_law(jurisdiction)) if jurisdiction in laws() else PLAIN,
    )
