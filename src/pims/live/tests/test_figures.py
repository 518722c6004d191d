"""The figures that the stream brings are the page's own, for exactly what each viewer may see."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.kernel import clock
from pims.kernel.errors import NotPermitted
from pims.live.making import make
from pims.live.sight import PERMISSION, Sight, Span, View, view_from, view_of
from pims.live.token import read_pass
from tests.access.staff import signed_in, staff

__all__ = ["prison"]

AS_AT = re.compile(r'<p class="govuk-hint">.*?</p>')


def figures_of(client: Any) -> str:
    """The page's own fragment."""
    return AS_AT.sub("", client.get(reverse("live:figures")).content.decode())


def brought_to(client: Any) -> str:
    """What the stream would send to this user's open board."""
    answer = client.get(reverse("live:stream"), {"figures": "1"})
    token = parse_qs(urlsplit(answer["Location"]).query)["token"][0]
    view = read_pass(token, key=settings.SECRET_KEY).view
    assert view is not None
    return AS_AT.sub("", make(view.sight, [view.language]).html[view.language])


@pytest.fixture
def held(prison: Prison) -> Prison:
    """A man in the remand unit, and a boy and a woman who are out, she overdue."""
    now = clock.now()
    in_remand = prison.held("Ignatius Cal")
    prison.put(in_remand.episode_id, "REM A-1/1")
    boy, woman = prison.receive(
        man("Boy Young", birth_date=now.date() - timedelta(days=5900)),
        man("Ana Chan", sex="female"),
        at=now - timedelta(hours=1),
    )
    for person, back in ((boy, 1), (woman, -1)):
        prison.out(person.person_id, left_at=now - timedelta(minutes=5),
                   expected_back_at=now + timedelta(minutes=back))  # fmt: skip
    return prison


def on_books(fragment: str) -> int:
    found = re.search(r"p-counter__value[^>]*>\s*(\d+)", fragment)
    assert found is not None
    return int(found[1])


def test_the_stream_brings_exactly_what_the_page_would_fetch(held: Prison) -> None:
    here = held.establishment_id
    for language in ("en", "es"):
        user = staff("duty_senior_officer", establishment_id=here, language=language)
        client = signed_in(user)
        assert brought_to(client) == figures_of(client)
        assert on_books(brought_to(client)) == 3


def test_two_users_side_by_side_each_see_their_own(held: Prison) -> None:
    here = held.establishment_id
    full = signed_in(staff("duty_senior_officer", establishment_id=here))
    unit = signed_in(
        staff("duty_senior_officer", establishment_id=here, unit_ids=[held.units["REM"]])
    )
    adults = signed_in(staff("duty_senior_officer", establishment_id=here, labels=["ordinary"]))
    assert [on_books(brought_to(c)) for c in (full, unit, adults)] == [3, 1, 2]
    assert "YOUNG" in brought_to(full)
    assert "YOUNG" not in brought_to(unit) + brought_to(adults)
    assert "CHAN" not in brought_to(unit)
    for client in (full, unit, adults):
        assert brought_to(client) == figures_of(client)


def test_whoever_may_see_no_roll_gets_a_pass_without_figures(prison: Prison) -> None:
    user = Actor(9, "Officer", "1", reaches=(reach("live.view"),))
    assert view_of(user, prison.establishment_id, "en") is None
    with pytest.raises(NotPermitted):
        make(Sight(prison.establishment_id, ()), ["en"])


def test_a_page_that_does_not_ask_for_figures_gets_a_pass_without(prison: Prison) -> None:
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    answer = client.get(reverse("live:stream"))
    token = parse_qs(urlsplit(answer["Location"]).query)["token"][0]
    assert read_pass(token, key=settings.SECRET_KEY).view is None


def reach(
    *permissions: str, at: int | None = 1, units: tuple[int, ...] | None = None,
    labels: tuple[str, ...] = LABELS,
) -> Reach:  # fmt: skip
    unit_ids = None if units is None else frozenset(units)
    return Reach("officer", frozenset(permissions), at, unit_ids, frozenset(labels))


def officer(*reaches: Reach) -> Actor:
    return Actor(9, "Officer", "1", reaches=reaches)


class TestView:
    def test_is_the_same_for_officers_whose_grants_reach_the_same_people(self) -> None:
        one = officer(reach(PERMISSION, "custody.place"), reach(PERMISSION, units=(3, 4)))
        other = officer(reach("live.view"), reach(PERMISSION, "people.view_sealed"))
        assert view_of(one, 1, "en") == view_of(other, 1, "en")

    @pytest.mark.parametrize(
        "less",
        [
            reach(PERMISSION, units=(3,)),
            reach(PERMISSION, labels=("ordinary",)),
            reach(PERMISSION, units=()),
        ],
    )
    def test_is_another_for_whoever_reaches_fewer(self, less: Reach) -> None:
        assert view_of(officer(less), 1, "en") != view_of(officer(reach(PERMISSION)), 1, "en")

    def test_is_another_in_another_language_or_establishment(self) -> None:
        seer = officer(reach(PERMISSION, at=None))
        views = {view_of(seer, at, language) for at in (1, 2) for language in ("en", "es")}
        assert len(views) == 4

    def test_takes_nothing_from_grants_without_the_permission(self) -> None:
        seer = officer(reach("live.view"), reach(PERMISSION, units=(3,)))
        view = view_of(seer, 1, "en")
        assert view is not None
        assert view.sight.spans == (Span(1, (3,), tuple(sorted(LABELS))),)

    def test_comes_out_of_a_pass_as_it_went_in(self) -> None:
        seer = officer(reach(PERMISSION, units=(3, 9)), reach(PERMISSION, at=None, labels=("a",)))
        view = view_of(seer, 1, "es")
        assert view is not None
        assert View(view.sight, "es") == view_from(json.loads(json.dumps(view.claims())))

    def test_stands_for_an_actor_who_may_do_nothing_else(self) -> None:
        view = view_of(officer(reach(PERMISSION, "custody.place")), 1, "en")
        assert view is not None
        actor = view.sight.actor()
        assert actor.can_at(PERMISSION, 1)
        assert not actor.can("custody.place")
