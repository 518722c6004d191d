"""The law by which custody is proven here: as it was put in force, whatever the files say."""

from dataclasses import replace

from pims.assurance.proof import Law, law_of
from pims.assurance.proof.counting import counting_of
from pims.courts.law import law_in_force


def law_here() -> Law:
    """One query."""
    return replace(law_of(), counting=counting_of(law_in_force()))
