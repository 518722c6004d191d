"""Every read of the people room that a page or a higher room needs."""

from pims.people.selectors.detail import NameLine, PersonDetail, person_detail
from pims.people.selectors.headers import (
    PersonHeader,
    birth_range,
    births_unknown,
    born_between,
    canonical_id,
    ids_canonical,
    infants_inside,
    joined_records,
    person_headers,
    persons_of,
)
from pims.people.selectors.likeness import answers_to
from pims.people.selectors.matches import (
    PossibleMatchLine,
    matches_of,
    near_persons,
    possible_match,
    possible_matches,
)
from pims.people.selectors.particulars import Particulars, particulars
from pims.people.selectors.photographs import (
    PhotographFile,
    PhotographView,
    photograph_file,
    photographs,
    photographs_to_compare,
)
from pims.people.selectors.search import (
    NumberRemark,
    PersonHit,
    explain_number,
    ids_of_numbers,
    resolve_number,
    search_people,
)
from pims.people.selectors.timeline import PersonFact, timeline

__all__ = [
    "NameLine",
    "NumberRemark",
    "Particulars",
    "PersonDetail",
    "PersonFact",
    "PersonHeader",
    "PersonHit",
    "PhotographFile",
    "PhotographView",
    "PossibleMatchLine",
    "answers_to",
    "birth_range",
    "births_unknown",
    "born_between",
    "canonical_id",
    "explain_number",
    "ids_canonical",
    "ids_of_numbers",
    "infants_inside",
    "joined_records",
    "matches_of",
    "near_persons",
    "particulars",
    "person_detail",
    "person_headers",
    "persons_of",
    "photograph_file",
    "photographs",
    "photographs_to_compare",
    "possible_match",
    "possible_matches",
    "resolve_number",
    "search_people",
    "timeline",
]
