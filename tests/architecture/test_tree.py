"""What is true of every file, so that nobody has to remember it."""

import re

from tests.architecture.tree import ROOT, SOURCE, files, shown, texts

LONGEST = 500
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))

# Written in pieces, or this file would be the first to be found.
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "/opt/" + "pypi")
FOLDERS = ("root/", "work/", r"Users/\w", r"home/(?!\.\.\.)\w+/")
MACHINES = re.compile(rf"(?<![\w.])/(?:{'|'.join(FOLDERS)})")
UNFINISHED = ("FIX" + "ME", "XX" + "X", "TO" + r"DO(?::|\()", r"(?:issue|ticket) #?\d+")
NOTES = re.compile(rf"\b(?:{'|'.join(UNFINISHED)})")


def test_no_source_file_needs_a_table_of_contents() -> None:
    long = {
        shown(path): count
        for path in files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (count := path.read_text().count("\n")) > LONGEST
    }
    assert long == {}


def test_no_file_names_a_package_registry() -> None:
    assert [
        f"{shown(path)}: {host}" for path, text in texts() for host in HOSTS if host in text
    ] == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert [
        f"{shown(path)}: {found.group()}"
        for path, text in texts()
        for found in MACHINES.finditer(text)
    ] == []


def test_nothing_is_left_as_a_note_to_somebody() -> None:
    assert [
        f"{shown(path)}: {found.group()}"
        for path, text in texts()
        if path.suffix != ".lock"
        for found in NOTES.finditer(text)
    ] == []


def test_lock_files_pin_by_hash_and_carry_no_address() -> None:
    assert {path.name for path in LOCKS} == {"base.lock", "build.lock", "dev.lock"}
    for path in LOCKS:
        text = path.read_text()
        assert [word for word in ("://", "--index", "--find-links") if word in text] == []
        entries = re.split(r"\n(?=\S)", text.strip())
        assert len(entries) > 50
        unpinned = [e for e in entries if not re.match(r"[\w.-]+==\S+", e) or "sha256:" not in e]
        assert unpinned == []


def test_the_smaller_locks_hold_the_versions_of_the_largest() -> None:
    base, build, dev = (
        set(re.findall(r"^([\w.-]+==\S+)", path.read_text(), re.MULTILINE)) for path in LOCKS
    )
    assert base < build < dev


def test_the_npm_lock_pins_by_hash_and_carries_no_address() -> None:
    text = (ROOT / "frontend" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 10


def test_the_licence_is_there_in_full() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in SOURCE.rglob("*.py")
        if path.name not in {"__init__.py", "__main__.py", "apps.py"}
        and not {"migrations", "tests"} & set(path.parts)
        and not path.read_text().lstrip().startswith(('"""', "'''"))
    ]
    assert silent == []
