"""`python -m pims.biometrics.engine.synthetic`: contact sheets, and tables beside real prints.

sheet FILE.png          twelve fingers, two of each class
sheet FILE.png --one    twelve impressions of one finger
scores [--fvc FOLDER]   the tables of docs/biometrics.md; FOLDER has FVC2002's DB1_B to DB4_B
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pims.biometrics.engine.matching import Matcher
from pims.biometrics.engine.synthetic import comparison
from pims.biometrics.engine.synthetic.anatomy import Pattern
from pims.biometrics.engine.synthetic.fingers import Finger, impression_of, person
from pims.biometrics.engine.template import Template

# DB2_B was scanned at 569 ppi.
_PPI = {"DB1_B": 500, "DB2_B": 569, "DB3_B": 500, "DB4_B": 500}
_SENSORS = ("DB1_B", "DB2_B", "DB3_B")  # DB4_B is synthetic itself
_LIVE = "FVC2002 DB1-3, sensors"
_ACROSS = 6


def _line(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _two_of_each() -> list[tuple[Finger, int]]:
    wanted = dict.fromkeys(Pattern, 2)
    found: dict[Pattern, list[Finger]] = {pattern: [] for pattern in Pattern}
    seed = 0
    while any(wanted.values()):
        for finger in person(seed)[::3]:
            if wanted[finger.pattern]:
                wanted[finger.pattern] -= 1
                found[finger.pattern].append(finger)
        seed += 1
    return [(found[pattern][i], i) for i in range(2) for pattern in Pattern]


def _sheet(where: Path, *, one: bool) -> None:
    tiles = [(Finger(7, person(7)[1].position), i) for i in range(12)] if one else _two_of_each()
    images = [impression_of(finger, number) for finger, number in tiles]
    height, width = images[0].shape
    rows = [
        np.concatenate([np.pad(image, 2) for image in images[i : i + _ACROSS]], axis=1)
        for i in range(0, len(images), _ACROSS)
    ]
    Image.fromarray(np.concatenate(rows)).save(where)
    _line(f"{len(images)} prints of {width} x {height} px: {where}")


def _real(folder: Path) -> comparison.Prints:
    from pims.biometrics.engine.extraction import examine

    prints: dict[tuple[str, str], list[Template]] = {}
    for name, ppi in _PPI.items():
        for path in sorted((folder / name).glob("*_*.png")):
            template = examine(path, ppi=ppi, strict=False).template
            prints.setdefault((name, path.stem.split("_")[0]), []).append(template)
        _line(f"<!-- {name} read -->")
    return prints


def _scores(folder: Path | None, fingers: int) -> None:
    prints: dict[str, comparison.Prints] = {}
    if folder:
        real = _real(folder)
        live = {key: some for key, some in real.items() if key[0] in _SENSORS}
        prints[_LIVE] = live
        prints["FVC2002 DB4, SFinGe's"] = {k: some for k, some in real.items() if k not in live}
    images = comparison.extracted_templates(comparison.synthetic_fingers(fingers), 8)
    prints["ours, images"] = images
    prints["ours, templates"] = comparison.drawn_templates(comparison.synthetic_fingers(100), 8)
    for line in comparison.prints_table(prints):
        _line(line)
    _line()
    matcher = Matcher()
    scores: dict[str, comparison.Scores] = {}
    for name, some in prints.items():
        if name != "ours, templates":
            scores[f"{name}, with ridges"] = comparison.score(some, matcher)
        scores[f"{name}, minutiae alone"] = comparison.score(
            comparison.minutiae_alone(some), matcher
        )
    for name in _SENSORS if folder else ():
        of_set = {key: some for key, some in prints[_LIVE].items() if key[0] == name}
        scores[f"{name}, minutiae alone"] = comparison.score(
            comparison.minutiae_alone(of_set), matcher
        )
    for line in comparison.scores_table(scores):
        _line(line)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    asked = parser.add_subparsers(dest="what", required=True)
    sheet = asked.add_parser("sheet")
    sheet.add_argument("where", type=Path)
    sheet.add_argument("--one", action="store_true")
    clear = asked.add_parser("clear")
    clear.add_argument("--fingers", type=int, default=14)
    scores = asked.add_parser("scores")
    scores.add_argument("--fvc", type=Path)
    scores.add_argument("--fingers", type=int, default=25)
    found = parser.parse_args(arguments)
    if found.what == "sheet":
        _sheet(found.where, one=found.one)
    elif found.what == "clear":
        shares = comparison.clear_prints_read(comparison.synthetic_fingers(found.fingers))
        _line("found {:.1%} of the minutiae; {:.1%} of what was found is one".format(*shares))
    elif found.fingers < 2:
        parser.error("impostors take two fingers")
    else:
        _scores(found.fvc, found.fingers)


if __name__ == "__main__":
    main()
