"""A million people for benchmarks: names as the communities have them, with a long tail.

Frequent names are those of `data/names.toml`; the tail of rare ones is put together from
syllables, so that a million people have a vocabulary of some ten thousand words, few of them
frequent. Seeded: the same seed gives the same people.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from pims.demo.people import communities, settings

_STARTS = (
    "Ba Be Bo Ca Che Cho Co Da De Do Fa Fer Ga Gal Gra Ha Her Hu Ja Jo Ka Kel La Le Lo Ma Mel Mo"
    " Na Ne No O Pa Pe Pol Qui Ra Re Ro Sa Sal Se Sha So Ta Te Tol U Va Vel Vi Wa Wil Xi Ya Za Ze"
).split()
_MIDDLES = (
    "ba ca cha der du fe gar go hen la le li lo man mer mi mo na ni no pa per qui ra ri ro sa se"
    " so ta te ti tor va ve za zo"
).split()
_ENDS = (
    "bert cal cas chez co der do dez field gado kin la lez lla lo man mero n nez ni nal no r ra"
    " res rez ri ro s sen son t ta te ton tz va worth x y yan z"
).split()
_BORN_LAST, _BORN_FIRST = 2008, 1935
_YEAR_ONLY = 0.1


@dataclass(frozen=True, slots=True)
class BulkPerson:
    """`born` is the first possible day where `precision` is year."""

    given: str
    family: str
    sex: str
    country: str
    born: date
    precision: str

    @property
    def full(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def year(self) -> int:
        return self.born.year

    @property
    def born_latest(self) -> date:
        return self.born if self.precision == "day" else date(self.born.year, 12, 31)


class Frequencies:
    """Names drawn so that the n-th is drawn in proportion to 1 / (n + 8)."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(dict.fromkeys(names))
        self.sums = list(accumulate(1 / (n + 8) for n in range(len(self.names))))

    def draw(self, rng: random.Random) -> str:
        return self.names[bisect(self.sums, rng.random() * self.sums[-1])]


def people(count: int, seed: int, *, today: date) -> Iterator[BulkPerson]:
    """`count` people as the register would know them; one in twenty-five is under 18."""
    rng = random.Random(seed)
    family = Frequencies(_frequent("family") + _rare(rng, 9000))
    men = Frequencies(_frequent("male") + _rare(rng, 1500))
    women = Frequencies(_frequent("female") + _rare(rng, 700))
    published = settings()["published"]
    abroad = [c["country"] for c in communities().values() if c["country"] != "BZ"]
    for _ in range(count):
        sex = "female" if rng.random() < published["female"] else "male"
        given = women if sex == "female" else men
        names = [given.draw(rng) for _ in range(1 if rng.random() < 0.55 else 2)]
        surnames = [family.draw(rng) for _ in range(1 if rng.random() < 0.6 else 2)]
        born, precision = _birth(rng, today, juvenile=rng.random() < published["juvenile"])
        yield BulkPerson(
            given=" ".join(dict.fromkeys(names)),
            family=" ".join(dict.fromkeys(surnames)),
            sex=sex,
            country=rng.choice(abroad) if rng.random() < published["foreign"] else "BZ",
            born=born,
            precision=precision,
        )


def _birth(rng: random.Random, today: date, *, juvenile: bool) -> tuple[date, str]:
    if juvenile:
        return today - timedelta(days=rng.randint(4900, 6500)), "day"
    year = min(_BORN_LAST - 2, max(_BORN_FIRST, int(rng.gauss(1985, 14))))
    if rng.random() < _YEAR_ONLY:
        return date(year, 1, 1), "year"
    return date(year, 1, 1) + timedelta(days=rng.randrange(365)), "day"


def _frequent(kind: str) -> list[str]:
    """The names of all communities, each community's in turn: its first names are frequent."""
    lists = [community[kind] for community in communities().values()]
    longest = max(map(len, lists))
    return [names[n] for n in range(longest) for names in lists if n < len(names)]


def _rare(rng: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        middle = "".join(rng.choice(_MIDDLES) for _ in range(rng.choice((0, 1, 1, 2))))
        found[rng.choice(_STARTS) + middle + rng.choice(_ENDS)] = None
    return list(found)
