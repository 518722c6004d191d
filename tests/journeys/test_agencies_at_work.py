"""A court order entered at the registry, and the prison's pages that were open before it came; an
escape entered at the prison, and the police desk.

With the real programs: the registry and the desk as `pims agency run` starts them, the gateway with
mutual TLS, the process that answers agencies, the courier, and PIMS. Nothing is handed over inside.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from pims.cli import agency_parts, parts
from pims.custody import services as custody
from pims.demo import agencies
from pims.exchange.api.gateway import gateway_secret
from pims.exchange.models import Inbound
from pims.people import services as people
from tests.fixtures.browser import violations
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import photograph

Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")
# A registry asks what became of its order every two seconds, its page looks again every three.
SECONDS, AND_BACK = 5.0, 10.0
MISSING_WITHIN = 60.0
UNDECIDED, REFERENCE = "Orders to let go, undecided", "BZ 41/26"


@dataclass(frozen=True, slots=True)
class Agencies:
    """The addresses of their pages."""

    court: str
    police: str


@pytest.fixture(scope="module")
def at_work(live_site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    """The agencies' programs; what they say goes through the gateway."""
    logs = tmp_path_factory.mktemp("agencies")
    with ExitStack() as stack:
        # A socket's name must be short, wherever the tests run.
        run = Path(tempfile.mkdtemp(prefix="pims-aw-", dir="/tmp"))
        stack.callback(shutil.rmtree, run, ignore_errors=True)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("agency", "window"):
            patch.setenv(f"PIMS_{name.upper()}_SOCKET", str(run / f"{name}.sock"))
        ports = agency_parts.free_ports(int(live_site.address.rsplit(":", 1)[1]) + 10)
        gateway_secret()
        agencies.register_agencies(ports)
        stack.callback(shutil.rmtree, agencies.folder(), ignore_errors=True)
        answering = parts.agency()
        answering.prepare()
        gateway, police, court, _observatory = agency_parts.services(ports)
        for part in (answering, parts.courier(), gateway, police, court):
            with (logs / f"{part.name}.log").open("wb") as log:
                process = subprocess.Popen(
                    list(part.argv), env={**os.environ, **part.env}, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=subprocess.STDOUT,
                )  # fmt: skip
            stack.callback(_end, process)
        deadline = time.monotonic() + 60
        for part in (answering, gateway, police, court):
            while not part.ready():
                if time.monotonic() > deadline:
                    pytest.fail((logs / f"{part.name}.log").read_text()[-3000:])
                time.sleep(0.05)
        yield Agencies(*(f"http://127.0.0.1:{ports[name]}/" for name in ("court", "police")))


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def _counter(board: Page, name: str) -> Locator:
    return board.locator(".p-counter").filter(has_text=name).locator(".p-counter__value")


def test_an_order_entered_at_the_registry_is_on_the_prisons_pages_in_seconds_and_the_answer_back(
    live_site: LiveSite,
    at_work: Agencies,
    new_context: Contexts,
    record_property: Callable[[str, object], None],
) -> None:
    held = live_site.prison.held["REYES"]
    board = live_site.as_officer(new_context(), "superintendent")
    board.goto(f"{live_site.address}/board/")
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    expect(board.get_by_text(UNDECIDED)).to_have_count(0)
    reception = live_site.as_officer(new_context(), "reception_officer")
    with reception.expect_response("**/board/sounding/"):
        reception.goto(f"{live_site.address}/custody/reception/")

    desk = new_context().new_page()
    desk.goto(f"{at_work.court}?new=1")
    desk.get_by_label("Order", exact=True).select_option("acquittal")
    desk.get_by_label("Prisoner number").fill(held.number)
    desk.get_by_label("Reference of the order").fill(REFERENCE)
    desk.get_by_label("The order, as it was pronounced").fill("Not guilty. To be let go at once.")
    _shot(desk, "registry-order")
    sent = time.monotonic()
    desk.get_by_role("button", name="Sign and send").click()
    expect(_counter(board, UNDECIDED)).to_have_text("1")
    on_board = time.monotonic() - sent
    order = reception.get_by_role("link", name="Release order came").filter(has_text="REYES")
    expect(order).to_be_visible()
    at_reception = time.monotonic() - sent
    _shot(board, "registry-board")
    _shot(reception, "registry-reception")
    assert on_board < SECONDS
    assert at_reception < SECONDS
    # It came signed, through the gateway, and was kept as it was sent.
    (kept,) = Inbound.objects.all()
    assert (kept.agency.code, kept.kind, kept.channel) == ("magistrates", "release_order", "api")
    assert kept.signature
    assert not [one for one in kept.problems if not one.startswith("clock")]

    order.click()
    reception.get_by_role("main").locator("a[href*='/exchange/inbox/']").first.click()
    expect(reception.get_by_text(REFERENCE).first).to_be_visible()
    expect(reception.get_by_text("Not guilty. To be let go at once.").first).to_be_visible()
    _shot(reception, "registry-differences")
    assert violations(reception) == []
    decided = time.monotonic()
    reception.get_by_role("button", name="Do it").click()
    expect(reception.get_by_text("Done, and the sender is told")).to_be_visible()
    expect(board.get_by_text(UNDECIDED)).to_have_count(0)
    off_board = time.monotonic() - decided
    line = desk.get_by_role("row").filter(has_text=REFERENCE)
    expect(line).to_contain_text("applied")
    back = time.monotonic() - decided
    _shot(desk, "registry-answered")
    assert off_board < SECONDS
    assert back < AND_BACK
    _told(
        record_property, ("registry to board", on_board), ("registry to reception", at_reception),
        ("decision to board", off_board), ("decision to registry", back),
    )  # fmt: skip


def _told(record: Callable[[str, object], None], *measured: tuple[str, float]) -> None:
    for name, seconds in measured:
        record(name, round(seconds, 2))
        print(f"{name}: {seconds:.2f} s")


def test_who_is_missing_is_at_the_police_desk_with_face_and_description_within_a_minute(
    live_site: LiveSite,
    at_work: Agencies,
    new_context: Contexts,
    record_property: Callable[[str, object], None],
) -> None:
    held, seen = live_site.prison.held["WESTBY"], live_site.prison.held["LOPEZ"]
    command = live_site.prison.officers.command
    for one in (held, seen):
        people.add_photograph(
            command("reception_officer"), person_id=one.person_id, kind="front", data=photograph()
        )
    people.set_description(
        command("reception_officer"), person_id=held.person_id, height_cm=183, build="slim"
    )
    people.add_mark(
        command("reception_officer"), person_id=held.person_id, kind="tattoo", body_part="forearm",
        text="an anchor",
    )  # fmt: skip
    desk = new_context().new_page()
    desk.goto(at_work.police)
    expect(desk.get_by_text("Nobody is missing.")).to_be_visible()
    # It has read what there is: whoever is held is found by name, and has left no alert.
    expect(desk.get_by_text(re.compile(r"^[1-9][0-9]* people\.$"))).to_be_visible(timeout=30_000)
    entered = time.monotonic()
    custody.record_escape(command("duty_senior_officer"), episode_id=held.episode_id)
    face = desk.locator("ul.faces li")
    expect(face).to_have_count(1, timeout=60_000)
    picture = face.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 100
    there = time.monotonic() - entered
    for words in ("WESTBY", held.number, "Missing since", "male", "183 cm", "slim", "anchor"):
        expect(face).to_contain_text(words)
    _shot(desk, "police-missing")
    assert there < MISSING_WITHIN
    _told(record_property, ("escape to police desk", there))
    # Of nobody who is not missing is a face shown.
    assert seen.number not in face.inner_text()
    expect(desk.locator("img")).to_have_count(1)
