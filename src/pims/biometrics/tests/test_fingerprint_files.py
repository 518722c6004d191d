"""`pims biometrics` on files: no database, no framework."""

import ast
import csv
import json
import string
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from pims.biometrics import cli, scoring
from pims.biometrics.cli import app
from pims.biometrics.engine import Unusable, extraction, images, models
from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.extraction.tests import fingers
from pims.ui.wording import catalogue


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two impressions of one finger, one of another, and a cat."""
    folder = tmp_path_factory.mktemp("prints")
    images = {
        "one": fingers.finger(7, 0),
        "again": fingers.finger(7, 1),
        "other": fingers.finger(8, 0),
        "cat": fingers.fur(),
    }
    for name, image in images.items():
        Image.fromarray(image).save(folder / f"{name}.png")
    return folder


def run(*arguments, fails=0):
    told = CliRunner().invoke(app, [str(a) for a in arguments])
    if told.exception is not None and not isinstance(told.exception, SystemExit):
        raise told.exception
    assert told.exit_code == fails, told.output
    return told


def test_an_extracted_record_is_read_shown_and_compared(folder):
    told = run(
        "extract", folder / "one.png", "--ppi", 500, "-o", folder / "one.fmr", "--finger", 2,
        "--standard", "iso-2005", "--json",
    )  # fmt: skip
    made = json.loads(told.stdout)
    (template,) = fmr.read((folder / "one.fmr").read_bytes())
    assert made["minutiae"] == len(template) > 10
    assert template.position == 2
    shown = json.loads(run("inspect", folder / "one.fmr", "--json").stdout)
    assert shown["rows"][0]["minutiae"] == len(template)

    same = json.loads(run("compare", folder / "one.fmr", folder / "again.png", "--json").stdout)
    assert same["decision"] == "match"
    assert same["score"] > same["threshold"]
    assert 0 < same["matched"] <= min(same["minutiae"])


def test_an_image_of_no_finger_is_refused_and_nothing_is_written(folder):
    with pytest.raises(Unusable) as refusal:
        run("extract", folder / "cat.png", "-o", folder / "cat.fmr")
    assert refusal.value.code == "biometrics.no_finger"
    assert not (folder / "cat.fmr").exists()


def test_scores_come_in_the_order_of_the_pairs_and_faults_are_told_with_their_line(folder):
    names = ["one.png", "again.png", "missing.png", "other.png", "cat.png"]
    (folder / "list.txt").write_text("\n".join(names) + "\n")
    (folder / "pairs.csv").write_text("a,b\n0,1\n0,2\n3,0\nx,1\n1,99\n1,0\n4,0\n3,3\n")
    scores = folder / "scores.csv"
    told = run(
        "scores", "--images", folder / "list.txt", "--pairs", folder / "pairs.csv",
        "-o", scores, "--workers", 2, "--json", fails=1,
    )  # fmt: skip

    rows = list(csv.reader(scores.read_text().splitlines()))
    assert [row[:2] for row in rows] == [
        ["0", "1"], ["0", "2"], ["3", "0"], ["x", "1"], ["1", "99"], ["1", "0"], ["4", "0"],
        ["3", "3"],
    ]  # fmt: skip
    same, missing, other, unread, beyond, turned, cat, itself = (row[2] for row in rows)
    assert missing == unread == beyond == ""
    assert float(same) == float(turned) > 4 > float(other)
    assert float(cat) < 0 < float(itself)
    faults = {(fault["where"], fault["code"]) for fault in json.loads(told.stdout)["faults"]}
    assert faults == {
        ("list.txt, line 3 (missing.png)", "biometrics.file_unreadable"),
        ("list.txt, line 5 (cat.png)", "biometrics.no_finger"),
        ("pairs.csv, line 5", "biometrics.pair_unreadable"),
        ("pairs.csv, line 6", "biometrics.pair_beyond"),
    }


def test_one_process_scores_as_compare_does(folder):
    (folder / "two.txt").write_text(f"{folder / 'one.png'}\r\n{folder / 'again.png'}\r\n")
    (folder / "one.csv").write_text("1,0\r\n")
    scores = folder / "one_score.csv"
    run(
        "scores", "--images", folder / "two.txt", "--pairs", folder / "one.csv", "-o", scores,
        "--workers", 1,
    )  # fmt: skip
    compared = run("compare", folder / "one.png", folder / "again.png", "--json")
    told = float(scores.read_text().strip().split(",")[2])
    assert told == pytest.approx(json.loads(compared.stdout)["score"], abs=1e-3)


def refusals():
    """Code -> the names of what is told with it, of every `Unusable` that a file can meet."""
    folder = Path(extraction.__file__).parent
    sources = [Path(m.__file__) for m in (cli, scoring, images, models)] + [*folder.glob("*.py")]
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Unusable":
                yield node.args[0].value, {keyword.arg for keyword in node.keywords}


def test_every_refusal_has_its_words_in_both_languages_and_says_only_what_is_known():
    found = dict(refusals())
    assert len(found) > 15
    for code, given in found.items():
        for language in ("en", "es"):
            text = catalogue()[code][language]
            named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            assert named <= given, code


def test_two_prints_of_two_resolutions_are_compared_and_which_is_wrong_is_told(folder):
    half = Image.open(folder / "again.png")
    half = half.resize((half.width // 2, half.height // 2))
    half.save(folder / "half.png")
    pair = folder / "one.png", folder / "half.png"
    told = run("compare", *pair, "--ppi", 500, "--other-ppi", 250, "--json")
    assert json.loads(told.stdout)["decision"] == "match"
    with pytest.raises(Unusable):
        run("compare", folder / "one.png", folder / "nowhere.png")


@pytest.mark.parametrize("what", ["a folder for the scores", "no resolution", "a list without end"])
def test_what_can_not_be_scored_is_refused_before_anything_is_done(folder, what):
    images, pairs, scores = folder / "l.txt", folder / "p.csv", folder / "s.csv"
    images.write_text("one.png\n")
    pairs.write_text("0,0\n")
    scores.unlink(missing_ok=True)
    given = {
        "a folder for the scores": (images, Path(), None),
        "no resolution": (images, scores, float("nan")),
        "a list without end": (Path("/dev/zero"), scores, None),
    }
    listed, output, ppi = given[what]
    with pytest.raises(Unusable):
        scoring.run(images=listed, pairs=pairs, output=output, ppi=ppi, workers=1)
    assert not scores.exists()
