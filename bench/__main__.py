"""`make bench`: run every case in `bench/cases`, print the table, keep one JSON of it.

``python -m bench [--full] [NAME ...]``: NAMEs choose cases by the file's name.
"""

import argparse
import os
import pkgutil
import shutil
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from types import ModuleType


def cases(wanted: list[str]) -> list[ModuleType]:
    """The modules of `bench.cases` that have `run(context) -> list[Result]`, in order of name."""
    import bench.cases

    names = sorted(one.name for one in pkgutil.iter_modules(bench.cases.__path__))
    if unknown := set(wanted) - set(names):
        sys.exit(f"No such case: {', '.join(sorted(unknown))}. There are: {', '.join(names)}")
    found = [import_module(f"bench.cases.{name}") for name in names if not wanted or name in wanted]
    return [module for module in found if hasattr(module, "run")]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--full", action="store_true", help="the million-row runs as well")
    parser.add_argument("--keep", action="store_true", help="keep the JSON of chosen cases too")
    parser.add_argument("cases", nargs="*", metavar="NAME")
    asked = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="pims-bench-"))
    os.environ["PIMS_VAR"] = str(scratch / "var")
    os.environ["PIMS_SECRETS"] = str(scratch / "secrets")
    os.environ["DJANGO_SETTINGS_MODULE"] = "pims.config.settings"
    os.environ.pop("DATABASE_URL", None)

    import django

    django.setup()
    from bench.context import prepared
    from bench.results import Result, keep, show
    from pims.foundation.database import places

    began, load = time.monotonic(), os.getloadavg()[0]
    if load > (os.cpu_count() or 1) / 2:
        print(f"The machine is busy (load {load:.1f}): times will be longer than they should be.")
    results: list[Result] = []
    failed: list[str] = []
    home = places.server_home()

    def say(text: str) -> None:
        print(f"  {text}", flush=True)

    try:
        with prepared(full=asked.full, scratch=scratch, say=say) as context:
            server = f"PostgreSQL {context.cluster.binaries().version}"
            for module in cases(asked.cases):
                name = module.__name__.rpartition(".")[2]
                print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
                start = time.monotonic()
                try:
                    measured = module.run(context)
                    show(measured)
                    results += measured
                except Exception as error:  # the other cases are still worth having
                    failed.append(f"{name}: {type(error).__name__}: {error}")
                    import traceback

                    traceback.print_exc()
                print(f"  {time.monotonic() - start:.1f} s", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    show(results)
    if results and (asked.keep or not asked.cases):
        path = keep(
            results, full=asked.full, seconds=time.monotonic() - began, server=server, load=load,
            cases=asked.cases,
        )  # fmt: skip
        print(f"Kept in {path.relative_to(Path.cwd())}")
    for line in failed:
        print(f"Failed: {line}")
    missed = [one for one in results if one.met is False]
    print(f"{len(results)} measures, {len(missed)} missed, {len(failed)} cases failed")
    return int(bool(failed or missed))


if __name__ == "__main__":
    sys.exit(main())
