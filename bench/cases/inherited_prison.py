"""With --full: the 300 gaps of the inherited prison worked down to none by its alarms' pages."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from io import BytesIO
from zoneinfo import ZoneInfo

from django.urls import reverse
from PIL import Image, ImageDraw

from bench.context import Context
from bench.databases import connected_to, drop_database, make_database
from bench.forms import Officer
from bench.prison import HELD, client_of
from bench.results import Result
from bench.servers import running, sequencer
from pims.assurance import selectors as assurance
from pims.cli import parts
from pims.demo import services
from pims.demo.inherited import TOTAL, read_back, still_open
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.foundation.outbox.selectors import subscribers_progress, waiting_for_order
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel import clock

DATABASE = "pims_bench_inherited"
COURT, COURT_NAME = "MC-BZ", "Magistrates' Court, Belize City"
# What becomes due while others are worked on is worked on in the next round.
ROUNDS, REST = 4, 1_800.0
ZONE = ZoneInfo("America/Belize")
Mend = Callable[[Officer], None]


def run(context: Context, prisoners: int = HELD) -> list[Result]:
    if not context.full:
        context.say("Only with --full: a prison of 1,114, worked by its pages for some minutes")
        return []
    import_module("pims.config.wsgi")
    drop_database(DATABASE)
    make_database(DATABASE)
    with connected_to(DATABASE):
        context.say(f"Making the prison as it was taken over from paper: {prisoners:,} held")
        made = services.load(
            prisoners=prisoners, years=1, seed=1, report=context.say, inherited=True
        )
        with sequencer(), running(list(parts.worker().argv), ready=lambda: True):
            context.say(f"All heard of by all {_at_rest():.0f} s after the load")
            return [_worked(context, made.held)]


def _worked(context: Context, held: int) -> Result:
    viewer, gaps = system_actor(), read_back()
    where = facilities.establishments(viewer)[0].establishment_id
    at_first = assurance.alarm_count(viewer, where)
    wanted = TOTAL if held >= HELD else len(gaps)
    if len(gaps) != wanted or len(still_open(viewer, gaps)) != wanted:
        raise AssertionError(f"{len(gaps)} gaps, {len(still_open(viewer, gaps))} of them open")
    desk = Officer(client_of("reception_officer"))
    chief = Officer(client_of("officer_in_charge"))
    plan: tuple[tuple[Officer, str, Mend], ...] = (
        (desk, "no_valid_warrant", _record_a_remand),
        (desk, "order_without_end", _name_a_next_date),
        (desk, "birth_unknown", _record_a_birth),
        (desk, "admission_overdue", _do_a_step),
        (chief, "defect_undecided", _decide),
    )
    worked: Counter[str] = Counter()
    began = time.monotonic()
    for turn in range(ROUNDS):
        for officer, kind, mend in plan:
            done = _work_through(officer, kind, mend)
            worked[kind] += done
            if done:
                seconds = time.monotonic() - began
                context.say(f"{kind}: {done} worked on ({seconds:.0f} s since the first)")
            _at_rest()
        count = assurance.alarm_count(viewer, where)
        context.say(f"{count} alarms open after round {turn + 1}")
        if not count:
            break
    seconds = time.monotonic() - began
    left = [(one.kind.code, one.params) for one in assurance.open_alarms(viewer, where)]
    for one in left[:10]:
        context.say(f"still open: {one}")
    empty = "No alarm is open." in desk.open(reverse("assurance:queue")).text
    if empty != (not left):
        raise AssertionError("the queue's page says otherwise")
    return Result(
        name=f"alarms left of the inherited prison, {held:,} held, {wanted} gaps, worked by pages",
        value=len(left),
        unit="alarms",
        target=0,
        details={
            "alarms at first": at_first,
            "gaps still open": len(still_open(viewer, gaps)),
            "pages and forms": desk.asked + chief.asked,
            "seconds": round(seconds),
            **{f"worked on: {kind}": count for kind, count in sorted(worked.items())},
        },
    )


def _work_through(officer: Officer, kind: str, mend: Mend) -> int:
    """Every alarm of the kind, by the queue's own way on."""
    queue = officer.open(reverse("assurance:queue"))
    work = reverse("assurance:work", args=[kind])
    if not any(address == work for _text, address in queue.links):
        return 0
    officer.open(work)
    done = 0
    while "/queue/" not in officer.page.address:
        order = "Or record an order"
        officer.follow(order if officer.page.link(order) else "Where this is put right")
        mend(officer)
        done += 1
        officer.follow("Next alarm of this kind")
    return done


def _at_rest() -> float:
    """Once everybody who is told of what happens has heard of all of it: the seconds that it took.
    Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() < began + REST:
        heard = subscribers_progress()
        behind = sum(one.behind + one.waiting for one in heard)
        if heard and not behind and not waiting_for_order():
            return time.monotonic() - began
        time.sleep(0.2)
    raise TimeoutError(f"{waiting_for_order()} events wait for the sequencer: {heard}")


def _sitting(step: int) -> date:
    """The last day before, or the first from a week on, on which the court sits."""
    day = clock.today("America/Belize") + timedelta(days=-1 if step < 0 else 7)
    while doubt_of_day(COURT, day) is not None:
        day += timedelta(days=step)
    return day


def _day(name: str, day: date) -> dict[str, object]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def _record_a_remand(officer: Officer) -> None:
    officer.press(
        "Record the order",
        {
            "kind": "remand", "body_id": COURT_NAME,
            "reference": f"MC {officer.asked}/26",
            **_day("dated", _sitting(-1)), **_day("next_date", _sitting(1)),
        },
    )  # fmt: skip
    sure = "Yes, it is so: save it"
    if officer.page.has_button(sure):
        officer.press(sure)
    _says(officer, "What it did")


def _name_a_next_date(officer: Officer) -> None:
    at = clock.now() - timedelta(minutes=2)
    local = at.astimezone(ZONE)
    officer.press(
        "Save",
        {
            **_day("next_appearance", _sitting(1)),
            **_day("happened_at", local.date()),
            "happened_at_time": f"{local:%H:%M}",
            "On what paper?": "By telephone from the clerk of court",
        },
    )
    _says(officer, "Who is named")


def _record_a_birth(officer: Officer) -> None:
    officer.press("Save", {"birth_date_year": 1990})
    _says(officer, "Saved.")


def _do_a_step(officer: Officer) -> None:
    """Whatever step of the admission is still to do."""
    if "/place/" in officer.page.address:
        officer.press("Place here…")
        return
    officer.press("Save and go on", file=_photograph())
    _says(officer, "Any officer can go on with it.")


def _photograph() -> bytes:
    """A face that nobody has: an oval on a plain ground."""
    picture = Image.new("RGB", (320, 400), "#3a5a70")
    ImageDraw.Draw(picture).ellipse((70, 60, 250, 300), "#b88a64")
    kept = BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def _decide(officer: Officer) -> None:
    button = next(text for text, _address in officer.page.links if text == "Decide")
    officer.follow(button)
    officer.press(
        "Save",
        {"decision_0": "", "Reason": "The clerk gave the date by telephone"},
    )


def _says(officer: Officer, text: str) -> None:
    if text not in officer.page.text:
        raise AssertionError(f"{officer.page.address} does not say {text!r}: {officer.page.text}")
