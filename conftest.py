"""What every test of PIMS may ask for. The fixtures themselves are in `tests/fixtures`.

The state, the secrets and the database of a run are its own, in folders that go with it; they
are named in the environment before Django reads its settings, which is why this is the first
conftest that pytest loads.
"""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [p for p in (str(ROOT / "src"), str(ROOT)) if p not in sys.path]

_run = Path(tempfile.mkdtemp(prefix="pims-tests-"))
atexit.register(shutil.rmtree, _run, ignore_errors=True)
for _name in [n for n in os.environ if n.endswith("DATABASE_URL") or n.startswith("PIMS_DB_")]:
    del os.environ[_name]
(_run / "var" / "static").mkdir(parents=True)  # where WhiteNoise looks
os.environ["PIMS_VAR"] = str(_run / "var")
os.environ["PIMS_SECRETS"] = str(_run / "secrets")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.fixtures.settings"
django.setup()
# What a test starts (a worker, a site) runs this code, with the settings of every day.
os.environ["DJANGO_SETTINGS_MODULE"] = "pims.config.settings"
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
)

# A busy machine is no reason to fail; everything else that Hypothesis watches is.
hypothesis_settings.register_profile(
    "pims", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("pims")

pytest_plugins = [
    "tests.fixtures.database", "tests.fixtures.actors", "tests.fixtures.network",
    "tests.fixtures.browser", "tests.fixtures.sample_site", "tests.fixtures.live_site",
    "tests.fixtures.reference", "tests.fixtures.rendering", "tests.access.site",
]  # fmt: skip


# All of these copy the small prison, which takes many seconds to record: one process has it.
TOGETHER = (
    "tests/access/test_hostile_forms.py", "tests/access/test_hostile_addresses.py",
    "tests/access/test_every_reading.py", "tests/access/test_every_text.py",
    "tests/access/test_second_establishment.py", "src/pims/cli/tests/test_reading.py",
)  # fmt: skip
# The files that take longest begin first: whoever comes last with one keeps all others waiting.
SLOWEST = (
    "tests/accessibility/test_pages.py", *TOGETHER,
    "src/pims/foundation/outbox/tests/test_faults.py",
    "tests/faults/", "tests/journeys/", "tests/accessibility/",
    "src/pims/foundation/database/tests/test_launcher.py",
    "tests/access/test_every_page_by_every_role.py", "src/pims/foundation/vault/tests/",
    "src/pims/foundation/database/tests/", "src/pims/custody/tests/test_papers.py",
    "src/pims/custody/tests/test_roll.py", "src/pims/cli/tests/", "src/pims/demo/tests/",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        default=os.environ.get("PIMS_POSTGRES", ""),
        metavar="system|wheel|FOLDER",
        help="which PostgreSQL server the tests run on (as PIMS_POSTGRES)",
    )

    parser.addoption(
        "--needing-postgres",
        action="store_true",
        help="only the tests for which the version of the PostgreSQL server could matter",
    )


# Items are put in order after whatever else chooses among them.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--needing-postgres"):
        chosen = [item for item in items if _needs_postgres(item)]
        left = [item for item in items if not _needs_postgres(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = chosen
    if getattr(config.option, "dist", "no") != "no" or hasattr(config, "workerinput"):
        items.sort(key=_turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file to a process, and those files to one that share what takes long to make."""
    if config.getoption("dist") != "loadfile":
        return None

    scheduling = import_module("xdist.scheduler").LoadFileScheduling(config, log)
    of_file = scheduling._split_scope

    def process_of(nodeid: str) -> str:
        file: str = of_file(nodeid)
        return TOGETHER[0] if file in TOGETHER else file

    scheduling._split_scope = process_of
    return scheduling


def pytest_collection_finish() -> None:
    """As the page server does: what is loaded stays, and looking through it costs a seventh."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _needs_postgres(item: pytest.Item) -> bool:
    """Whether it uses a server, of which another version could make a difference.

    That is so wherever statements are asked of services, selectors, tables and triggers, of
    migrations, privileges and the launcher, and once of every page. It is not where the same
    statements are only made again: through the boxes of pages, by papers and the command line,
    over a simulated year or in another order. Those tests are marked `any_server`; whoever marks
    one knows of another that makes its statements without the mark.
    """
    servers = {"db", "django_db_setup", "a_database", "fresh_database", "empty_instance"}
    marked = {mark.name for mark in item.iter_markers()}
    used = "django_db" in marked or servers & set(getattr(item, "fixturenames", ()))
    return bool(used) and "any_server" not in marked


def _turn(item: pytest.Item) -> int:
    found = (n for n, start in enumerate(SLOWEST) if item.nodeid.startswith(start))
    return next(found, len(SLOWEST))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "any_server: only repeats, by other ways, statements that tests without this mark make",
    )
    os.environ["PIMS_POSTGRES"] = config.getoption("--postgres")
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        # Each worker names folders of its own before it reads the settings, as we did.
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture(autouse=True)
def the_language_and_the_zone_of_the_settings() -> None:
    """A page of an earlier test may have left its user's own in this thread."""
    translation.deactivate()
    timezone.deactivate()
