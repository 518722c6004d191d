"""Who stands there: from the image of a finger to the decision, through the service, with the
gallery's own process and a prison's fingers in it; and, of somebody else, whose finger it is."""

import time
from collections.abc import Sequence

from bench.context import Context
from bench.gallery import fingers_held, gallery
from bench.prison import prison
from bench.results import Result, percentile
from pims.biometrics import services, stored
from pims.biometrics.engine import Position
from pims.biometrics.engine.synthetic import WELL, draw, person, ridged_template_of
from pims.biometrics.gallery.client import Gallery
from pims.biometrics.identifying import who_is_it
from pims.biometrics.packing import pack
from pims.biometrics.taking import png_of, take_finger
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import services as people
from pims.people.services import NameInput

KNOWN, CHECKS, STRANGERS = 6, 30, 6
WITHIN, ASKED_WITHIN = 1500.0, 3000.0  # milliseconds
INDEX = Position.RIGHT_INDEX


def run(context: Context) -> list[Result]:
    with prison(context) as found, gallery(context) as asked_of:
        actor = system_actor()
        persons = _enrolled(actor, found.establishment_id)
        size = fingers_held(asked_of)
        cold = _checked(actor, persons[0], 0, impression=3)[0]
        times, decisions = [], []
        for number in range(CHECKS):
            who = number % KNOWN
            # Every fifth shows somebody else's finger.
            shown = who if number % 5 else who + KNOWN
            took, outcome, _ = _checked(actor, persons[who], shown, impression=4 + number)
            times.append(took)
            decisions.append((outcome == "match") == (shown == who))
        asked = _asked(actor, persons)
        alone = [_extracted(number) for number in range(10)]
    return [
        Result(
            name="identity check, image to decision, p95",
            value=percentile(times, 0.95),
            unit="ms",
            target=WITHIN,
            floor=percentile(alone, 0.95),
            against="the extraction alone",
            details={
                "checks": CHECKS, "right": sum(decisions), "fingers": size,
                "median": round(percentile(times, 0.5)), "first of a process": round(cold),
            },
        ),
        Result(
            name="whose finger is it, of everybody's, p95",
            value=percentile(asked, 0.95),
            unit="ms",
            target=ASKED_WITHIN,
            floor=percentile(alone, 0.95),
            against="the extraction alone",
            details={"asked": len(asked), "fingers": size},
        ),
    ]  # fmt: skip


def _checked(actor: Actor, person_id: int, seed: int, *, impression: int) -> tuple[float, str, int]:
    """Milliseconds from the image's bytes to the decision; the decision; its number."""
    image = png_of(draw(seed, INDEX, impression, touch=WELL))
    began = time.perf_counter()
    finger = services.take_finger(image, position=0, ppi=500, at_once=True)
    done = services.verify_identity(
        Command(actor), person_id=person_id, purpose="gate", finger=finger
    )
    return (time.perf_counter() - began) * 1000, done.outcome, done.verification_id


def _asked(actor: Actor, persons: Sequence[int]) -> list[float]:
    took = []
    for number in range(STRANGERS):
        whose = (number + 1) % KNOWN
        _, outcome, verification_id = _checked(actor, persons[number], whose, impression=50)
        if outcome != "no_match":
            raise AssertionError(f"another's finger was answered with {outcome}")
        began = time.perf_counter()
        found = who_is_it(Command(actor), verification_id=verification_id)
        took.append((time.perf_counter() - began) * 1000)
        if found.other_person_id != persons[whose]:
            raise AssertionError("it was not found whose finger it is")
    return took


def _extracted(number: int) -> float:
    image = png_of(draw(number, INDEX, 70, touch=WELL))
    began = time.perf_counter()
    take_finger(image, position=0, ppi=500, at_once=True)
    return (time.perf_counter() - began) * 1000


def _enrolled(actor: Actor, establishment_id: int) -> list[int]:
    """People of the prison whose fingers have pictures, ten each; the ids."""
    made = [
        people.create_person(
            Command(actor), names=[NameInput("Bench", f"Finger {seed}")],
            establishment_id=establishment_id,
        ).person_id
        for seed in range(KNOWN)
    ]  # fmt: skip
    loaded = []
    for seed, person_id in enumerate(made):
        ten = [ridged_template_of(finger, 1, touch=WELL) for finger in person(seed)]
        fingers = {int(one.position): (pack(one), len(one)) for one in ten}
        loaded.append(services.Loaded(person_id, clock.now(), "bench", fingers))
    services.load_fingers(Command(actor), people=loaded)
    for key in stored.keys_of(made).values():
        Gallery().refresh(key, within=60)
    return made
