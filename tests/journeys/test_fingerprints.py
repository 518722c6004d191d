"""He came under another name: his fingers say so, an examiner agrees, and the earlier file opens.

The prints are made up; the scanner, the bridge, the network, the search and the browser are real.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.biometrics import services as biometrics
from pims.biometrics.capture.bridge import Bridge
from pims.biometrics.capture.drivers import VirtualScanner
from pims.biometrics.engine.synthetic import WELL, draw
from pims.biometrics.gallery.client import Gallery, GalleryAway
from pims.biometrics.taking import png_of
from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput
from pims.kernel import clock
from pims.people import services as people
from pims.people.services import NameInput
from tests.fixtures.browser import bring_axe, violations
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import follow, press, says

Contexts = Callable[..., BrowserContext]
HIS, TOKEN = 7, "journey-token"
PATIENCE = 180_000


@pytest.fixture
def gallery(live_site: LiveSite) -> Iterator[Gallery]:
    """The gallery's process, over the site's own database."""
    process = subprocess.Popen([sys.executable, "-m", "pims.cli.gallery"], env=dict(os.environ))
    found, deadline = Gallery(), time.monotonic() + 240
    try:
        while not _ready(found):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.2)
        yield found
    finally:
        process.terminate()
        process.wait(20)


def _ready(gallery: Gallery) -> bool:
    try:
        return gallery.ping()[1]
    except GalleryAway:
        return False


@pytest.fixture
def scanner(live_site: LiveSite) -> Iterator[None]:
    """The bridge on the officer's PC, with a virtual scanner that plays his fingers."""
    bridge = Bridge(VirtualScanner(HIS, first=20), origins=[live_site.address], token=TOKEN)
    thread = threading.Thread(target=bridge.serve)
    thread.start()
    yield
    bridge.close()
    thread.join()


@pytest.fixture
def earlier(live_site: LiveSite) -> str:
    """The number under which he was here before, two fingers and all."""
    command = live_site.prison.officers.command
    made = people.create_person(
        command("records_officer"), names=[NameInput("Anselmo", "Coc")], sex="male",
        establishment_id=live_site.prison.establishment_id,
    )  # fmt: skip
    taken = [
        biometrics.take_finger(png_of(draw(HIS, position, 1, touch=WELL)), position=position)
        for position in (1, 2)
    ]
    biometrics.enrol_fingers(command("records_officer"), person_id=made.person_id, fingers=taken)
    return made.number


@pytest.fixture
def admission(live_site: LiveSite) -> str:
    """Received an hour ago as somebody whom nobody knows."""
    done = custody.record_body_receipts(
        live_site.prison.officers.command("reception_officer"),
        establishment_id=live_site.prison.establishment_id,
        received_at=clock.now() - timedelta(hours=1),
        handed_over_by="PC 12", received_by="Officer Ical",
        receipts=[BodyReceiptInput(given="Bernardo", family="Tzib", sex="male")],
    )  # fmt: skip
    return f"{live_site.address}/custody/admission/{done.receipts[0].episode_id}/"


def take(page: Page, finger: str) -> None:
    """From the scanner, by way of the bridge, with the keyboard alone once it is there."""
    expect(page.get_by_role("heading", name=finger, exact=True)).to_be_visible()
    press(page, "Take it from the scanner")
    code = page.get_by_label("Scanner code, as the bridge shows it")
    if code.count():
        code.fill(TOKEN)
        code.press("Enter")
    expect(page.get_by_text("The print is here.").first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Enter")
    # Drawn, found and rated: a second, but not on a machine that does much else.
    expect(page.get_by_text(f"{finger}:").first).to_be_visible(timeout=PATIENCE)


def test_admitted_under_another_name_he_is_found_and_his_earlier_file_opened(
    live_site: LiveSite, new_context: Contexts, gallery: Gallery, scanner: None, earlier: str,
    admission: str,
) -> None:  # fmt: skip
    context = new_context()
    bring_axe(context)
    page = live_site.as_officer(context, "records_officer")
    page.goto(admission)
    follow(page, "Fingerprints and face")
    says(page, "Nothing taken yet")
    take(page, "Right thumb")
    take(page, "Right index")
    assert violations(page) == []
    # A finger under a bandage is said, and nothing is stuck.
    page.get_by_text("No print of this finger").click()
    page.get_by_label("Bandaged").check()
    page.get_by_label("What is to be seen").fill("Cut on the tip")
    press(page, "Record")
    expect(page.get_by_role("heading", name="Right ring", exact=True)).to_be_visible()
    page.get_by_label("Why are fingers left out?").fill("The others at noon")
    press(page, "Finish and search")

    # The search answers by itself, while the officer could go on.
    expect(page.get_by_role("link", name="Compare").first).to_be_visible(timeout=PATIENCE)
    assert earlier in page.locator("table").inner_text()
    page.get_by_role("link", name="Compare").first.click()
    picture = page.locator(".p-compare__picture")
    expect(picture).to_be_visible()
    assert picture.locator(".is-paired").count() > 20
    width = picture.bounding_box()
    press(page, "Larger")
    larger = picture.bounding_box()
    assert width
    assert larger
    assert larger["width"] > 1.3 * width["width"]
    page.get_by_label("Lay one over the other").check()
    expect(page.locator("[data-shown=over]")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("The same person").check()
    press(page, "Decide")

    # It proposes to join; only a person joins.
    says(page, "Join two records")
    page.get_by_label("Reason").or_(page.locator("[name=reason]")).first.fill("The same fingers")
    press(page, "Join")
    says(page, "The records are joined.")
    page.goto(f"{live_site.address}/prisoners/{earlier}/")
    expect(page.locator(".p-identity__name")).to_contain_text("TZIB")
    page.goto(f"{live_site.address}/search/?q=Coc")
    assert "TZIB" in page.locator("main").inner_text()
