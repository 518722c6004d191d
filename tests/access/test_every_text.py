"""Whatever text a service is given, it keeps it whole or says clearly what is wrong with it."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from django.db import transaction

from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command, Transaction
from pims.kernel import clock
from pims.kernel.errors import PimsError
from tests.accessibility.samples import Samples, make_samples
from tests.fixtures.small_prison import SmallPrison

pytestmark = pytest.mark.any_server

ROOMS = ("people", "authority", "safety", "property", "custody", "release", "assurance",
         "facilities")  # fmt: skip
LONG, NUL = "x" * 20_000, "a\0b"
# Words of a list, by the parameter or by service and parameter: for what is not under test.
WORDS = {
    "kind": "bail", "level": "absolute", "decision": "returned", "basis": "no_authority",
    "reception_kind": "police", "country": "GT", "zone": "America/Belize", "end_kind": "void",
    "category": "clothing", "description": "Shirt", "how": "withdrawn", "name_as_written": "Tun",
    "reason": "Said so", "ground": "Held on nothing", "agency": "CIB", "warrant_state": "yes",
    "sex": "male", "name": "Ana", "relationship": "mother", "code": "identity",
    "birth_precision": "day",
    "authority.record_warrant kind": "remand", "safety.raise_flag kind": "violence",
    "custody.send_out kind": "hospital", "custody.end_episode kind": "removed",
    "people.add_contact kind": "family", "people.add_identifier kind": "passport",
    "people.add_mark kind": "scar", "people.decide_age decision": "adult",
    "people.decide_possible_match decision": "different", "jurisdiction": "belize",
    "custody.record_identity_check how": "photograph",
    "release.establish_identity how": "photograph",
    "custody.record_recapture how": "arrest",
    "release.tell_agency how": "telephone", "stage": "24h", "cause": "credit",
    "release.decide_parole decision": "refused", "account": "Held too long",
    "release.settle_preparation_item code": "travel", "reasons": "Good conduct",
    "custody.receive_under_one_order warrant_kind": "remand",
    "step": "arrest", "part": "name", "outcome": "same_warrant", "text": "Please tell",
    "answer": "wants", "lines": "1 Front Street", "destination": "KHMH",
}  # fmt: skip
# Given by other services and the command line alone, never by a form.
OURS = {
    "assurance.end_alarm_by_fact kind", "assurance.end_alarm_by_fact key",
    "assurance.end_alarms_of_stay kind", "assurance.end_alarms_of_stay by",
    "assurance.raise_about kind", "assurance.raise_about key", "assurance.raise_about params",
    "assurance.raise_alarm alarm", "authority.end_papers_that_ran_out zone",
    "authority.end_warrant_by_fact end_kind", "authority.end_warrant_by_fact basis",
    "authority.void_warrant basis", "authority.let_orders_stand_again reason",
    "authority.let_warrants_hold_again reason",
    "authority.load_bodies jurisdiction",
    "authority.reopen_warrants_by_fact end_kind", "authority.reopen_warrants_by_fact basis",
    "authority.reopen_warrants basis", "authority.record_warrant remarks",
    "custody.complete_step data", "facilities.load_layout layout", "people.create_person source",
}  # fmt: skip
# Each row has an answer of its own, which says what is wrong with it: see `record_return`.
OURS |= {"custody.record_returns rows"}
# Asked for only beside something else, without which they say nothing and are not kept.
DROPPED = {
    "custody.place_person override_reason",
    "custody.receive_under_one_order receipts.birth_precision",
    "custody.record_body_receipts receipts.birth_precision",
    "property.record_property items.currency",
}


def services() -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Name, function and the types of what it takes, of every service of the rooms."""
    for room in ROOMS:
        for name, found in sorted(vars(import_module(f"pims.{room}.services")).items()):
            inner = inspect.unwrap(found) if inspect.isfunction(found) else found
            if inner is found or not inner.__module__.startswith(f"pims.{room}."):
                continue
            hints = get_type_hints(inner)
            if hints.pop("tx", None) is Transaction:
                hints.pop("return")
                yield f"{room}.{name}", found, hints


def texts_in(hint: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the texts in a type: a parameter, a line of many, a field of a line."""
    inside = [one for one in get_args(hint) if one is not type(None)]
    if hint is str:
        yield path
    elif is_dataclass(hint):
        for one in fields(hint):  # type: ignore[arg-type]
            yield from texts_in(get_type_hints(hint)[one.name], (*path, one.name))
    elif isinstance(get_origin(hint), type) and issubclass(get_origin(hint), Mapping):
        yield from texts_in(inside[1], (*path, "*"))
    elif inside:
        for one in inside:
            yield from texts_in(one, path)


class Filler:
    """Values that a service would take, with one text among them put in the place of another."""

    def __init__(self, samples: Samples, more: dict[str, Any]) -> None:
        self.samples, self.more = samples, more

    def __call__(
        self, service: str, name: str, hint: Any, path: tuple[str, ...] | None, text: str
    ) -> Any:
        """`path` is where `text` goes, None where it goes elsewhere."""
        inside = [one for one in get_args(hint) if one is not type(None)]
        origin = None if isinstance(hint, UnionType) else get_origin(hint)
        if f"{service} {name}" in self.more and path is None:
            return self.more[f"{service} {name}"]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"destination": self(service, "*", inside[1], path and path[1:], text)}
        if isinstance(origin, type) and inside:
            return [self(service, name, inside[0], path, text)]
        if len(inside) > 1 and path is not None and str in inside:
            return text
        if inside:
            return self(service, name, inside[0], path, text)
        if is_dataclass(hint):
            return self._filled(service, hint, path, text)
        if hint is str:
            return (
                text if path is not None else WORDS.get(f"{service} {name}", WORDS.get(name, "x"))
            )
        return self._plain(service, name, hint)

    def _filled(self, service: str, hint: Any, path: tuple[str, ...] | None, text: str) -> Any:
        hints = get_type_hints(hint)
        given = {}
        for one in fields(hint):
            here = path[1:] if path and path[0] == one.name else None
            optional = one.default is not MISSING or one.default_factory is not MISSING
            if here is None and optional:
                continue
            given[one.name] = self(service, one.name, hints[one.name], here, text)
        return hint(**given)

    def _plain(self, service: str, name: str, hint: Any) -> Any:
        if name == "version":
            return self.more.get(f"{service} version", 1)
        if hint is bool:
            return True
        if hint is int:
            name = name.removesuffix("s") if name.endswith("_ids") else name
            found = self.samples.get(f"{service} {name}") or self.samples.get(name)
            return found[0] if found else self.more.get(name, 1)
        if hint is datetime:
            return clock.now() - timedelta(minutes=1)
        if hint is date:
            return clock.today("America/Belize")
        if hint is bytes:
            return b"x"
        if hint is object:
            return "x"
        raise TypeError(f"{service} {name}: {hint}")


@pytest.fixture
def filler(small_prison: SmallPrison) -> Filler:
    prison = small_prison
    samples = dict(make_samples(prison))
    samples["receipt_id"] = samples["custody:wrong_person receipt_id"]
    samples["other_person_id"] = samples["into_person_id"]
    samples["establishment_id"] = (prison.establishment_id,)
    samples["to_establishment_id"] = (
        facilities.establishments(prison.officers.system)[1].establishment_id,
    )
    samples["plain person"] = (prison.held["MEJIA"].person_id,)
    viewer = prison.officers.system
    (place, *_) = facilities.places(viewer, prison.establishment_id, at=clock.now())
    more = {"place_id": place.place_id, "cell_id": place.cell_id}

    return Filler(samples, more)


def outcome(system: Actor, call: Callable[..., Any], given: dict[str, Any]) -> str:
    """The codes of a refusal, "" where all was kept, the error where none was expected."""
    try:
        with transaction.atomic():
            call(Command(system), **given)
            transaction.set_rollback(True)
    except PimsError as problem:
        return " ".join(sorted(reason.code for reason in problem.reasons())) or problem.code
    except Exception as error:
        return f"!{type(error).__name__}: {error}"[:200]
    return ""


def given(filler: Filler, service: str, call: Any, hints: dict[str, Any], of: str,
          path: tuple[str, ...], text: str) -> dict[str, Any]:  # fmt: skip
    """What the service is called with: what it needs, and `text` at `path` of parameter `of`."""
    known = inspect.signature(call).parameters
    return {
        name: filler(service, name, hint, path if name == of else None, text)
        for name, hint in hints.items()
        if name == of or known[name].default is inspect.Parameter.empty
    }


@pytest.mark.parametrize("text", [LONG, NUL], ids=["too long", "with a NUL"])
def test_no_text_is_cut_or_ends_in_an_unexpected_error(
    filler: Filler, system_actor: Actor, text: str
) -> None:
    asked, wrong, cleaned = 0, {}, 0
    for service, call, hints in services():
        for parameter, hint in hints.items():
            if (place := f"{service} {parameter}") in OURS:
                continue
            for path in texts_in(hint):
                values = given(filler, service, call, hints, parameter, path, text)
                said = outcome(system_actor, call, values)
                asked, cleaned = asked + 1, cleaned + ("text." in said or "name_" in said)
                name = ".".join((place, *path))
                if (not said and name not in DROPPED) or "!" in said or "does_not_fit" in said:
                    wrong[name] = said or "kept or cut"
    assert wrong == {}
    # Most are refused for the very text, and not because something else was wrong before it.
    assert asked > 150
    assert cleaned > asked * 0.55
