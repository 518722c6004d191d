"""What the people room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonCreated(Event):
    kind: ClassVar[str] = "people.created"
    source: str


@dataclass(frozen=True, kw_only=True)
class PersonAmended(Event):
    """`fields` are the names of what changed, comma separated."""

    kind: ClassVar[str] = "people.amended"
    fields: str
    version: int


@dataclass(frozen=True, kw_only=True)
class PartAdded(Event):
    """`part` is the kind of part (name, identifier, contact, ...), `part_id` its row."""

    kind: ClassVar[str] = "people.part_added"
    part: str
    part_id: int


@dataclass(frozen=True, kw_only=True)
class PartWithdrawn(Event):
    kind: ClassVar[str] = "people.part_withdrawn"
    part: str
    part_id: int


@dataclass(frozen=True, kw_only=True)
class PhotographTaken(Event):
    kind: ClassVar[str] = "people.photograph_taken"
    photograph_id: int
    view: str


@dataclass(frozen=True, kw_only=True)
class AgeDecided(Event):
    kind: ClassVar[str] = "people.age_decided"
    decision: str


@dataclass(frozen=True, kw_only=True)
class CameOfAge(Event):
    """Eighteen today, or certain to be past it: no longer marked as a juvenile."""

    kind: ClassVar[str] = "people.came_of_age"


@dataclass(frozen=True, kw_only=True)
class DeathRecorded(Event):
    kind: ClassVar[str] = "people.death_recorded"


@dataclass(frozen=True, kw_only=True)
class InfantEntered(Event):
    kind: ClassVar[str] = "people.infant_entered"
    infant_id: int


@dataclass(frozen=True, kw_only=True)
class InfantLeft(Event):
    kind: ClassVar[str] = "people.infant_left"
    infant_id: int


@dataclass(frozen=True, kw_only=True)
class ConsularAnswered(Event):
    kind: ClassVar[str] = "people.consular_answered"
    consular_notice_id: int
    answer: str


@dataclass(frozen=True, kw_only=True)
class MatchFound(Event):
    kind: ClassVar[str] = "people.match_found"
    match_id: int
    other_person_id: int
    score: int


@dataclass(frozen=True, kw_only=True)
class MatchDecided(Event):
    kind: ClassVar[str] = "people.match_decided"
    match_id: int
    other_person_id: int
    decision: str


@dataclass(frozen=True, kw_only=True)
class PeopleMerged(Event):
    """`person_id` is from now on known as `into_person_id`."""

    kind: ClassVar[str] = "people.merged"
    into_person_id: int
    merge_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleUnmerged(Event):
    kind: ClassVar[str] = "people.unmerged"
    from_person_id: int
    merge_id: int
