"""Proof that each day in custody is lawful, from one person's history and the law alone.

Pure: no framework, no database. `history` is what is known, `reaches` how far each order goes,
`lawful` which order holds at each instant, `faults` what is amiss, `reading` the export's format.
"""

from pims.assurance.proof.faults import Fault, faults
from pims.assurance.proof.history import History
from pims.assurance.proof.kinds import FaultKind, fault_kinds
from pims.assurance.proof.law import Law, law_of
from pims.assurance.proof.lawful import Stretch, authority_over

__all__ = [
    "Fault",
    "FaultKind",
    "History",
    "Law",
    "Stretch",
    "authority_over",
    "fault_kinds",
    "faults",
    "law_of",
]
