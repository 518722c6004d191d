"""The pages of the courts' desk over the whole prison, and one person's file."""

import time
from importlib import import_module

from django.urls import reverse

from bench.context import Context
from bench.prison import client_of, get, prison
from bench.results import Result, percentile
from pims.custody import selectors as custody
from pims.foundation.access.selectors import system_actor

TIMES, WARM = 20, 3
LISTS = (
    "courts:index", "courts:diary", "courts:production", "courts:readings",
    "courts:without_outcome", "courts:no_next", "courts:papers",
)  # fmt: skip
TARGET = 400


def run(context: Context) -> list[Result]:
    import_module("pims.config.wsgi")
    with prison(context) as found:
        client = client_of("records_officer")
        person_id = custody.roll(system_actor(), found.establishment_id)[0].person_id
        roll = _median(client, reverse("custody:roll"))
        addresses = {name: reverse(name) for name in LISTS}
        addresses |= {
            "courts:diary week": f"{reverse('courts:diary')}?view=week",
            "courts:person": reverse("courts:person", args=[person_id]),
            "courts:record_order": reverse("courts:record_order", args=[person_id]),
            "home": reverse("home"),
        }
        times = {name: _median(client, address) for name, address in addresses.items()}
        held = found.held
    slowest = max(times, key=lambda name: times[name])
    return [
        Result(
            name=f"pages of the courts' desk, {held:,} held: the slowest ({slowest}), median",
            value=times[slowest],
            unit="ms",
            target=TARGET,
            floor=roll,
            against="the roll as a page",
            details={f"{name} ms": round(took, 1) for name, took in times.items()},
        )
    ]


def _median(client: object, address: str) -> float:
    found = []
    for turn in range(WARM + TIMES):
        began = time.perf_counter()
        get(client, address)  # type: ignore[arg-type]
        if turn >= WARM:
            found.append((time.perf_counter() - began) * 1000)
    return percentile(found, 0.5)
