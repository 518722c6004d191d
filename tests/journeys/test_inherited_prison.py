"""A prison taken over from paper: its queue of alarms is worked down to none, page by page."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker

from pims.assurance import selectors as assurance
from pims.demo import services
from pims.demo.inherited import GAPS, read_back, still_open
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.foundation.database import ephemeral
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel import clock
from tests.fixtures.browser import DESK, violations
from tests.fixtures.database import default_database
from tests.fixtures.live_site import LiveSite, served
from tests.fixtures.nursery import Nursery
from tests.fixtures.small_prison import ZONE
from tests.journeys.desk import fill_day, fill_instant, follow, photograph, press, says
from tests.journeys.test_court_order import last_sitting, shot

pytestmark = pytest.mark.any_server

Contexts = Callable[..., BrowserContext]
# Of each kind at least one, twelve in all.
FEW = dict.fromkeys(GAPS, 1) | dict.fromkeys(
    ("warrant_missing", "warrant_expired", "next_appearance_missing", "birth_missing",
     "photograph_missing"), 2,
)  # fmt: skip


@pytest.fixture(scope="module")
def inherited(
    django_db_setup: None,
    nursery: Nursery,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiveSite]:
    """Thirty-two people taken over two days ago, twelve of them with a gap."""
    logs = tmp_path_factory.mktemp("inherited")
    with ephemeral.database_from_template() as template:
        with (
            pytest.MonkeyPatch.context() as patch,
            default_database(template, django_db_blocker),
            django_db_blocker.unblock(),
        ):
            patch.setenv("PIMS_DB_NAME", template)
            services.load(
                prisoners=32, years=1, seed=5, report=lambda _: None, inherited=True, gaps=FEW,
                processes=1,
            )  # fmt: skip
        with served(template, nursery, django_db_blocker, logs) as (address, events):
            yield LiveSite(address, None, events)  # type: ignore[arg-type]


def next_sitting() -> date:
    day = clock.today("America/Belize") + timedelta(days=7)
    while doubt_of_day("MC-BZ", day) is not None:
        day += timedelta(days=1)
    return day


def record_a_remand(page: Page, reference: str) -> None:
    page.get_by_label("Kind of order").select_option("remand")
    page.get_by_label("Court or body").select_option(label="Magistrates' Court, Belize City")
    page.get_by_label("Reference").first.fill(reference)
    fill_day(page, "dated", last_sitting())
    fill_day(page, "next_date", next_sitting())
    page.keyboard.press("Control+Enter")
    sure = page.get_by_role("button", name="Yes, it is so: save it")
    expect(sure.or_(page.get_by_role("heading", name="What it did"))).to_be_visible()
    if sure.is_visible():
        sure.click()
    says(page, "What it did")


def name_a_next_date(page: Page) -> None:
    fill_day(page, "next_appearance", next_sitting())
    fill_instant(page, "happened_at", clock.now().astimezone(ZONE) - timedelta(minutes=2))
    page.get_by_label("On what paper?").fill("By telephone from the clerk of court")
    press(page, "Save")
    says(page, "Who is named")


def do_a_step(page: Page) -> None:
    """Whatever step of the admission is still to do; on a busy machine its alarm ends later."""
    if page.get_by_text("Complete", exact=True).count():
        page.wait_for_timeout(500)
        return
    if "/place/" in page.url:
        page.get_by_role("button", name=re.compile("^Place here")).first.click()
        page.wait_for_url(lambda address: "/place/" not in address)
        return
    if page.locator("input[type=file]").count():
        page.locator("input[type=file]").set_input_files(
            {"name": "face.png", "mimeType": "image/png", "buffer": photograph()}
        )
    press(page, "Save and go on")
    expect(page.get_by_text("Any officer can go on with it.")).to_be_visible()


def open_kinds(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/alarms/queue/")
    return [
        str(one.get_attribute("href"))
        for one in page.get_by_role("link", name=re.compile("^Work through ")).all()
    ]


def work_through(page: Page, address: str, kind: str, mend: Callable[[Page], None]) -> int:
    """Every alarm of the kind, by the queue's own way on."""
    page.goto(f"{address}/alarms/queue/")
    page.locator(f'a[href$="/queue/{kind}/"]').click()
    page.wait_for_url(lambda now: not now.endswith("/alarms/queue/"))
    done = 0
    while "/queue/" not in page.url:
        if not done:
            assert violations(page) == []
            shot(page, f"inherited-{kind}-alarm")
        other = page.get_by_role("link", name="Or record an order")
        if other.count():
            other.click()
        else:
            page.keyboard.press("m")
        expect(page.locator(".p-queue")).to_be_visible()
        shot(page, f"inherited-{kind}-mend")
        mend(page)
        done += 1
        saved = page.url
        follow(page, "Next alarm of this kind")
        page.wait_for_url(lambda now, saved=saved: now != saved)  # type: ignore[misc]
    return done


def test_twelve_gaps_are_brought_to_none_by_the_queue(
    inherited: LiveSite, new_context: Contexts
) -> None:
    viewer, gaps = system_actor(), read_back()
    assert len(gaps) == 12
    assert still_open(viewer, gaps) == gaps
    numbers = iter(range(100))
    desk = inherited.as_officer(new_context(viewport=DESK), "reception_officer")
    open_kinds(desk, inherited.address)
    shot(desk, "inherited-queue")
    chief = inherited.as_officer(new_context(viewport=DESK), "officer_in_charge")
    for page, kind, mend, many in (
        (desk, "no_valid_warrant", lambda p: record_a_remand(p, f"MC {next(numbers)}/26"), 4),
        (desk, "order_without_end", name_a_next_date, 2),
        (desk, "birth_unknown", record_a_birth, 2),
        (desk, "admission_overdue", do_a_step, None),
        (chief, "defect_undecided", decide, 2),
    ):
        done = work_through(page, inherited.address, kind, mend)
        assert many is None or done == many, kind
    (place,) = (p for p in facilities.establishments(viewer) if p.code == "BCP")
    # What an officer has just recorded ends its alarm within a second of a quiet machine.
    for _try in range(60):
        if not assurance.alarm_count(viewer, place.establishment_id):
            break
        desk.wait_for_timeout(250)
    left = assurance.open_alarms(viewer, place.establishment_id)
    assert [(one.kind.code, one.params) for one in left] == []
    assert open_kinds(desk, inherited.address) == []
    says(desk, "No alarm is open.")
    assert still_open(viewer, gaps) == []


def record_a_birth(page: Page) -> None:
    page.locator("#id_birth_date_year").fill("1990")
    press(page, "Save")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def decide(page: Page) -> None:
    page.get_by_role("button", name="Decide").click()
    shot(page, "inherited-decide")
    page.get_by_label("Act on it: it detains").check()
    page.get_by_label("Reason").fill("The clerk gave the date by telephone")
    press(page, "Save")
