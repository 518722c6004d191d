"""Made-up people for the benchmarks, with names as the communities of Belize have them.

Frequent names are the country's; the long tail of rare ones is put together from syllables, so
that a million people have a vocabulary of some ten thousand words, few of them frequent.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

FAMILY = """
Martinez Lopez Garcia Hernandez Gonzalez Perez Rodriguez Sanchez Chan Choc Coc Cal Castillo Cruz
Gutierrez Ramirez Torres Flores Novelo Mendez Castellanos Canul Chuc Cob Pop Tzib Tzul Uh Uck Ical
Caal Chub Bol Tut Teul Makin Shol Xol Sho Cho Ack Bo Ku Ken Pech Poot Cocom Cima Balam Yam Ek Noh
Williams Jones Smith Young Brown Thompson Gillett Flowers Usher Reyes Bennett Gentle Staine Wade
Myvett Neal Pollard Jex Tillett Arnold Fairweather Goff Hyde Longsworth Meighan Musa Belisle August
Anderson Robinson Hall Lewis Baptist Cherrington Crawford Dawson Francis Garbutt Gladden Lamb Moody
Palacio Arzu Cayetano Nunez Lambey Arana Ramos Zuniga Enriquez Lino Castro Guerra Avila Marin
Noralez Reimer Friesen Penner Dueck Thiessen Wiebe Klassen Neufeld Loewen Plett Peters Dyck
Rempel Kornelsen Ramclam Singh Persaud Nasar Chebat Habet Espat Shoman Chen Wong Li Zhang Liu Huang Wu Lin Xu
Magana Carrillo Alamilla Guerrero Vasquez Vega Verde Marroquin Morales Ayala Aldana Requena Salazar
Quetzal Yaxcal Teck Tiul Cucul Paquiul Mes Salam Oh Ishim Sacul Ash Mis Kib Bolon Acosta Trejo
Westby Sutherland Swift Tucker Vernon Trapp Slusher Requeña Rancharan Ferguson Gabourel Haylock
""".split()
GIVEN_MEN = """
Jose Juan Carlos Luis Miguel Jorge Pedro Manuel Francisco Antonio Mario Marvin Elmer Alex Kevin
Brandon Jason Michael David John James Robert Anthony Mark Shawn Tyrone Dwayne Delroy Leroy Kenroy
Andrew George Philip Victor Oscar Hector Ruben Ramon Santiago Domingo Sebastian Marcos Pablo Mateo
Abraham Jacob Isaac Peter Heinrich Johan Cornelius Wilhelm Akeem Jermaine Raheem Tyrell Darnell
Eduardo Ernesto Esteban Felipe Fidel Gilberto Hugo Ismael Javier Julio Leonardo Orlando Rafael Raul
Ricardo Roberto Samuel Sergio Wilfredo Winston Clifford Egbert Godwin Lennox Hubert Egberto Dionicio
""".split()
GIVEN_WOMEN = """
Maria Ana Rosa Carmen Elena Juana Marta Luisa Sandra Karen Shanice Keisha Tanya Michelle Jennifer
Elizabeth Margarita Angela Patricia Dorla Therese Yolanda Florencia Petrona Aurelia Crispina Marcela
Susana Anna Katharina Helena Sara Aganetha Shelmadine Jacqueline Natalie Kimberly Ingrid Gloria Olga
Norma Teresita Virginia Esperanza Concepcion Guadalupe Dolores Mercedes Beatriz Francisca Isabel
""".split()
_STARTS = "Ba Be Bo Ca Che Cho Co Da De Do Fa Fer Ga Gal Gra Ha Her Hu Ja Jo Ka Kel La Le Lo Ma Mel Mo Na Ne No O Pa Pe Pol Qui Ra Re Ro Sa Sal Se Sha So Ta Te Tol U Va Vel Vi Wa Wil Xi Ya Za Ze".split()  # noqa: E501
_MIDDLES = "ba ca cha der du fe gar go hen la le li lo man mer mi mo na ni no pa per qui ra ri ro sa se so ta te ti tor va ve za zo".split()  # noqa: E501
_ENDS = "bert cal cas chez co der do dez field gado kin la lez lla lo man mero n nez ni nal no r ra res rez ri ro s sen son t ta te ton tz va worth x y yan z".split()  # noqa: E501


@dataclass(frozen=True, slots=True)
class MadePerson:
    given: str
    family: str
    year: int

    @property
    def full(self) -> str:
        return f"{self.given} {self.family}"


class Frequencies:
    """Names drawn so that the n-th is drawn in proportion to 1 / (n + 8)."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(dict.fromkeys(names))
        self.sums = list(accumulate(1 / (n + 8) for n in range(len(self.names))))

    def draw(self, rng: random.Random) -> str:
        return self.names[bisect(self.sums, rng.random() * self.sums[-1])]


def rare_names(rng: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        middle = "".join(rng.choice(_MIDDLES) for _ in range(rng.choice((0, 1, 1, 2))))
        found[rng.choice(_STARTS) + middle + rng.choice(_ENDS)] = None
    return list(found)


def people(count: int, seed: int) -> Iterator[MadePerson]:
    rng = random.Random(seed)
    family = Frequencies(FAMILY + rare_names(rng, 9000))
    men = Frequencies(GIVEN_MEN + rare_names(rng, 1500))
    women = Frequencies(GIVEN_WOMEN + rare_names(rng, 700))
    for _ in range(count):
        given = men if rng.random() < 0.9 else women
        names = [given.draw(rng) for _ in range(1 if rng.random() < 0.55 else 2)]
        surnames = [family.draw(rng) for _ in range(1 if rng.random() < 0.6 else 2)]
        year = min(2008, max(1935, int(rng.gauss(1985, 14))))
        yield MadePerson(" ".join(dict.fromkeys(names)), " ".join(dict.fromkeys(surnames)), year)


_NEAR_KEYS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb",
    "h": "gjyn", "j": "hkum", "k": "jlim", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv",
    "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def mistype(text: str, rng: random.Random, errors: int = 2) -> str:
    """The text with that many typing errors: a letter left out, added, wrong, or two swapped.

    Half of the wrong letters lie beside the right one on the keyboard. A space may be hit too.
    """
    text = text.lower()
    before = text
    while text == before:
        for _ in range(errors):
            at = rng.randrange(len(text))
            kind = rng.choice("odws")
            letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
            if rng.random() < 0.5:
                letter = rng.choice(_NEAR_KEYS.get(text[at], letter))
            if kind == "o":
                text = text[:at] + text[at + 1 :]
            elif kind == "d":
                text = text[:at] + letter + text[at:]
            elif kind == "w":
                text = text[:at] + letter + text[at + 1 :]
            elif at + 1 < len(text):
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


# How a name is written down by someone who only heard it: (as spelt, as heard).
_HEARD = (
    ("gui", "gi"), ("gue", "ge"), ("que", "ke"), ("qui", "ki"), ("x", "sh"), ("tz", "dz"),
    ("tz", "ts"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("ll", "l"), ("ll", "y"), ("rr", "r"),
    ("tt", "t"), ("ss", "s"), ("nn", "n"), ("mm", "m"), ("aa", "a"), ("ee", "i"), ("ei", "ay"),
    ("ie", "i"), ("y", "i"), ("ce", "se"), ("ci", "si"), ("z", "s"), ("s", "z"), ("v", "b"),
    ("b", "v"), ("ca", "ka"), ("co", "ko"), ("cu", "ku"), ("c", "k"), ("k", "c"), ("ge", "je"),
    ("gi", "ji"), ("je", "ge"), ("hu", "w"), ("gua", "wa"), ("w", "v"), ("ia", "ea"), ("ea", "ia"),
    ("o", "oe"), ("ch", "tch"), ("l", "ll"), ("r", "rr"), ("e", "i"), ("i", "e"), ("o", "u"),
    ("ison", "eson"), ("son", "sen"), ("h", ""),
)  # fmt: skip


def mishear(text: str, rng: random.Random, changes: int = 2) -> str:
    """The text as somebody writes it who only heard it: up to `changes` words spelt by sound.

    A vowel is only changed inside a word, where it is often swallowed.
    """
    words = text.lower().split()
    for at in rng.sample(range(len(words)), min(changes, len(words))):
        word = words[at]
        possible = []
        for spelt, heard in _HEARD:
            place = word.find(spelt)
            if place < 0 or (spelt == "h" and place > 0):
                continue
            if spelt in "eio" and not 0 < place < len(word) - 1:
                continue
            if spelt in "eio" and len(word) < 6:
                continue
            changed = word[:place] + heard + word[place + len(spelt) :]
            if changed and changed != word:
                possible.append(changed)
        if possible:
            words[at] = rng.choice(possible)
    return " ".join(words)
