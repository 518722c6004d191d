"""An order to freedom and a critical alarm are heard at the desks, where sound was turned on.

Each test takes people of its own: the tests of this module share one prison.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from pims.authority import services as authority
from pims.custody import services as custody
from pims.exchange.tests.sending import Sender
from pims.kernel import clock
from tests.fixtures.browser import PHONE, violations
from tests.fixtures.live_site import LiveSite

Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")
# Every tone that a page asks for, by its height; the real browser still plays it.
LISTEN = """
window.tones = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) {
  tones.push(this.frequency.value);
  return start.apply(this, at);
};
"""
WAIT_FOR_A_KEY = """
const real = AudioContext.prototype.resume;
let pressed = false, allowed = false;
addEventListener('keydown', () => { pressed = true; }, {capture: true});
Object.defineProperty(AudioContext.prototype, 'state',
  {get() { return allowed ? 'running' : 'suspended'; }});
AudioContext.prototype.resume = function () {
  if (!pressed) return new Promise(() => {});
  allowed = true;
  return real.call(this);
};
localStorage.setItem('pims-sound', 'on');
"""
RELEASE, ALARM = [659, 880], [988, 740, 988, 740]
ON, OFF, WAITS = "Sound is on. Turn it off", "Sound is off. Turn it on", "Sound waits"
DESKS = ("/custody/reception/", "/custody/desk/")


def desk(site: LiveSite, context: BrowserContext, role: str, path: str) -> Page:
    context.add_init_script(LISTEN)
    page = site.as_officer(context, role)
    page.goto(site.address + path)
    return page


def turn_on(page: Page) -> None:
    """Also lets the page finish asking what there is to hear already."""
    with page.expect_response("**/board/sounding/"):
        page.reload()
    page.get_by_role("button", name=OFF).press("Enter")
    expect(page.get_by_role("button", name=ON)).to_be_visible()
    assert tones(page) == RELEASE, "one hears how loud it is"
    page.evaluate("tones.length = 0")


def tones(page: Page) -> list[float]:
    found: list[float] = page.evaluate("tones")
    return found


def order(site: LiveSite, family: str) -> None:
    authority.record_release_order(
        site.prison.officers.command("records_officer"),
        establishment_id=site.prison.establishment_id,
        person_id=site.prison.held[family].person_id,
        kind="acquittal", body_id=site.prison.body("MC-BZ"), received_at=clock.now(),
        ends_all=True,
    )  # fmt: skip


def said(page: Page, text: str) -> None:
    spoken = page.locator("[aria-live=assertive]").filter(has_text=text)
    expect(spoken).to_be_visible(timeout=20_000)


def test_a_release_order_sounds_at_reception_and_at_the_gate(
    live_site: LiveSite, new_context: Contexts
) -> None:
    pages = [
        desk(live_site, new_context(), role, path)
        for role, path in zip(("reception_officer", "gate_officer"), DESKS, strict=True)
    ]
    for page in pages:
        turn_on(page)
    order(live_site, "TUN")
    for page in pages:
        said(page, "To be released: TUN, Carlos Alberto")
        assert tones(page) == RELEASE
        assert violations(page) == []
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"sound-{page.url.split('/')[-2]}.png")


def test_a_courts_message_is_heard_at_reception_and_its_order_done_from_there(
    live_site: LiveSite, new_context: Contexts
) -> None:
    prison = live_site.prison
    court = Sender("registry", "court", bodies=(prison.body("MC-BZ"),))
    page = desk(live_site, new_context(), "reception_officer", "/custody/reception/")
    turn_on(page)
    frees = {
        "issued_by": "MC-BZ", "order": "discharge", "reference": "R 7/26", "ends_all": True,
        "subject": {"number": prison.held["CAL"].number},
    }  # fmt: skip
    court.give(court.text("release_order", frees, message_id="over-the-wire"))
    said(page, "Release order came, nobody has dealt with it: CAL")
    assert tones(page) == ALARM
    page.get_by_role("link", name="Release order came").click()
    page.get_by_role("main").locator("a[href*='/exchange/inbox/']").first.click()
    page.get_by_role("button", name="I have it in hand").click()
    expect(page.get_by_text("The sender sees that you have it in hand")).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("Done, and the sender is told")).to_be_visible()
    page.goto(live_site.address + "/custody/reception/")
    said(page, "To be released: CAL")
    assert court.status("over-the-wire")["state"] == "applied"


def test_where_sound_is_off_the_order_is_said_and_nothing_sounds(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = desk(live_site, new_context(), "gate_officer", "/custody/desk/")
    with page.expect_response("**/board/sounding/"):
        page.reload()
    expect(page.get_by_role("button", name=OFF)).to_be_visible()
    order(live_site, "CASTILLO")
    said(page, "CASTILLO")
    page.wait_for_timeout(300)
    assert tones(page) == []
    page.get_by_role("link", name="To be released: CASTILLO").click()
    expect(page).to_have_url(re.compile("/release/case/"))


def test_a_critical_alarm_sounds_otherwise_than_an_order(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = desk(live_site, new_context(), "gate_officer", "/")
    turn_on(page)
    custody.record_escape(
        live_site.prison.officers.command("duty_senior_officer"),
        episode_id=live_site.prison.held["MEJIA"].episode_id,
    )
    said(page, "Unlawfully at large: MEJIA")
    assert tones(page) == ALARM
    page.get_by_role("link", name="Unlawfully at large: MEJIA").click()
    expect(page.locator("h1")).to_contain_text("Unlawfully at large")


def test_it_stays_turned_on_and_is_heard_once_whatever_pages_are_opened(
    live_site: LiveSite, new_context: Contexts
) -> None:
    context = new_context()
    page = desk(live_site, context, "gate_officer", "/custody/desk/")
    turn_on(page)
    order(live_site, "FLOWERS")
    said(page, "FLOWERS")
    page.goto(live_site.address + "/release/")
    # The browser may want a key first on a new page; that is said, and any key will do.
    page.keyboard.press("j")
    expect(page.get_by_role("button", name=ON)).to_be_visible()
    page.wait_for_timeout(400)
    assert tones(page) == []
    page.get_by_role("button", name=ON).click()
    page.goto(live_site.address + "/custody/desk/")
    expect(page.get_by_role("button", name=OFF)).to_be_visible()


def test_what_came_before_the_browser_was_allowed_to_sound_sounds_at_the_first_key(
    live_site: LiveSite, new_context: Contexts
) -> None:
    context = new_context()
    # As where the browser's policy waits for a key: the page was opened by nobody.
    # As where the browser's policy waits for a key: the page was opened by nobody.
    context.add_init_script(WAIT_FOR_A_KEY)
    page = desk(live_site, context, "gate_officer", "/custody/desk/")
    expect(page.get_by_role("button", name=WAITS)).to_be_visible()
    order(live_site, "USHER")
    said(page, "USHER")
    assert tones(page) == []
    page.keyboard.press("j")
    expect(page.get_by_role("button", name=ON)).to_be_visible()
    page.wait_for_timeout(200)
    assert tones(page) == RELEASE


def test_whoever_may_know_of_neither_is_offered_no_sound(
    live_site: LiveSite, new_context: Contexts
) -> None:
    doctor = desk(live_site, new_context(), "medical_officer", "/")
    expect(doctor.get_by_role("heading", name="What waits for you")).to_be_visible()
    assert doctor.locator("[data-sound]").count() == 0
    told = doctor.request.get(f"{live_site.address}/board/sounding/")
    assert told.json() == {"sounding": []}
    unit = desk(live_site, new_context(), "unit_officer", "/")
    heard = unit.request.get(f"{live_site.address}/board/sounding/").json()["sounding"]
    assert all(one["kind"] == "alarm" for one in heard), "no discharge is theirs to see"


def test_the_control_is_found_on_a_telephone_and_at_night(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(
        new_context(viewport=PHONE, has_touch=True, color_scheme="dark"), "gate_officer"
    )
    page.goto(live_site.address + "/custody/desk/")
    expect(page.get_by_role("button", name=OFF)).to_be_visible()
    assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "sound-phone.png")
