"""Every write of the people room."""

from pims.people.search.index import rebuild as rebuild_search
from pims.people.services.contacts import (
    InfantResult,
    add_child,
    add_contact,
    record_consular_notice,
    record_infant,
    record_infant_left,
    record_lawyer,
)
from pims.people.services.creation import PersonCreated, create_person, faults_of_person, numbered
from pims.people.services.identity import (
    PersonResult,
    amend_person,
    decide_age,
    let_come_of_age,
    record_death,
    withdraw_death,
)
from pims.people.services.matching import (
    MatchResult,
    decide_possible_match,
    look_for_matches,
    note_possible_match,
)
from pims.people.services.merging import MergeResult, merge_persons, unmerge_persons
from pims.people.services.names import NameInput, NameResult, add_name, withdraw_name
from pims.people.services.parts import (
    LanguageInput,
    PartResult,
    add_address,
    add_identifier,
    add_mark,
    set_description,
    set_languages,
    set_nationalities,
    withdraw_part,
)
from pims.people.services.photographs import PhotographResult, add_photograph

__all__ = [
    "InfantResult",
    "LanguageInput",
    "MatchResult",
    "MergeResult",
    "NameInput",
    "NameResult",
    "PartResult",
    "PersonCreated",
    "PersonResult",
    "PhotographResult",
    "add_address",
    "add_child",
    "add_contact",
    "add_identifier",
    "add_mark",
    "add_name",
    "add_photograph",
    "amend_person",
    "create_person",
    "decide_age",
    "decide_possible_match",
    "faults_of_person",
    "let_come_of_age",
    "look_for_matches",
    "merge_persons",
    "note_possible_match",
    "numbered",
    "rebuild_search",
    "record_consular_notice",
    "record_death",
    "record_infant",
    "record_infant_left",
    "record_lawyer",
    "set_description",
    "set_languages",
    "set_nationalities",
    "unmerge_persons",
    "withdraw_death",
    "withdraw_name",
    "withdraw_part",
]
