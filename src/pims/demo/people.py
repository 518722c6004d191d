"""Making people who do not exist: names, births, languages, by community."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

LANGUAGES_KNOWN = ("en", "es", "bzj", "kek", "mop", "yua", "cab", "de", "zh")


@dataclass(slots=True)
class MadePerson:
    """A person as the simulation knows them; what the record learns may be less."""

    given: str
    family: str
    sex: str
    birth: date
    country: str
    languages: tuple[str, ...]
    alias: str = ""
    birth_known: str = "day"
    twin_of: "MadePerson | None" = field(default=None)

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@cache
def communities() -> dict[str, dict[str, Any]]:
    text = (files("pims.demo") / "data" / "names.toml").read_text("utf-8")
    found: dict[str, dict[str, Any]] = tomllib.loads(text)["community"]
    return found


@cache
def settings() -> dict[str, Any]:
    text = (files("pims.demo") / "data" / "simulation.toml").read_text("utf-8")
    return tomllib.loads(text)


def make_person(rng: Random, *, today: date, sex: str, juvenile: bool, foreign: bool) -> MadePerson:
    """One person; age by band, younger men most often."""
    pool = {k: c for k, c in communities().items() if (c["country"] != "BZ") == foreign}
    community = rng.choices(list(pool.values()), [c["share"] for c in pool.values()])[0]
    if juvenile:
        days = rng.randint(int(13.2 * 365), int(17.0 * 365))
    else:
        years = min(78.0, 18.8 + rng.gammavariate(2.1, 6.6))
        days = int(years * 365.25)
    assumed = settings()["assumed"]
    draw = rng.random()
    birth_known = "day"
    if not juvenile:
        if draw < assumed["birth_missing"]:
            birth_known = "unknown"
        elif draw < assumed["birth_missing"] + assumed["birth_year_only"]:
            birth_known = "year"
    family = rng.choice(community["family"])
    if rng.random() < 0.12:
        family = f"{family} {rng.choice(community['family'])}"
    alias = ""
    if rng.random() < assumed["alias"]:
        alias = rng.choice(_STREET_NAMES)
    return MadePerson(
        given=_given_names(rng, community[sex]),
        family=family,
        sex=sex,
        birth=today - timedelta(days=days),
        country=community["country"],
        languages=tuple(code for code in community["languages"] if code in LANGUAGES_KNOWN),
        alias=alias,
        birth_known=birth_known,
    )


def _given_names(rng: Random, known: Sequence[str]) -> str:
    """One, or two that differ."""
    first = rng.choice(known)
    second = rng.choice(known) if rng.random() < 0.35 else first
    return first if second == first else f"{first} {second}"


def same_person_again(rng: Random, known: MadePerson) -> MadePerson:
    """The same human being under another name: what the register would call somebody new."""
    given = known.given.split()[0]
    misspelt = _misspell(rng, known.family)
    return MadePerson(
        given=rng.choice([given, known.given]),
        family=misspelt,
        sex=known.sex,
        birth=known.birth if rng.random() < 0.6 else known.birth + timedelta(days=365),
        country=known.country,
        languages=known.languages,
        birth_known=known.birth_known,
        twin_of=known,
    )


def _misspell(rng: Random, name: str) -> str:
    swaps = [("z", "s"), ("s", "z"), ("ll", "l"), ("i", "y"), ("v", "b"), ("c", "k"), ("e", "ie")]
    usable = [(a, b) for a, b in swaps if a in name.lower()]
    if not usable:
        return name + name[-1]
    a, b = rng.choice(usable)
    at = name.lower().index(a)
    return name[:at] + b + name[at + len(a) :]


_STREET_NAMES = (
    "Biggs", "Shorty", "Chiney", "Bones", "Gato", "Pelón", "Black", "Junie", "Coolie", "Smokey",
    "Flaco", "Tiger", "Doc", "Ratty", "Prento", "Bookie", "Chele", "Fatboy", "Duke", "Pap",
)  # fmt: skip
