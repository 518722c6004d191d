"""A joined record as known before it was joined: it stood by itself, and so its page shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pims.custody import services as custody
from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison
from pims.foundation.access.models import PersonScope
from pims.kernel import clock
from pims.people import selectors as people
from pims.people import services as people_services
from pims.safety import services as safety
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]
PARTS = ("prisoner", "prisoner_timeline", "prisoner_who", "prisoner_custody", "prisoner_access")


class Joined:
    """An older record of a stay that ended, joined two hours from now with that of a prisoner."""

    def __init__(self, prison: Prison) -> None:
        self.prison, self.began = prison, clock.now()
        self.old = prison.held("Winston Gillett", hours=48)
        custody.end_episode(
            prison.command, episode_id=self.old.episode_id, kind="discharged",
            ended_at=self.began - timedelta(hours=20),
        )  # fmt: skip
        safety.raise_flag(prison.command, person_id=self.old.person_id, kind="self_harm")
        self.new = prison.held("Devi Ramdas", hours=3)
        with clock.at(self.hours(2)):
            custody.merge_people(
                prison.command,
                person_id=self.old.person_id,
                into_person_id=self.new.person_id,
                reason="One photograph",
            )

    def hours(self, count: float) -> datetime:
        return self.began + timedelta(hours=count)

    def number(self, person_id: int) -> str:
        return people.person_headers(self.prison.actor, [person_id])[person_id].number

    @contextmanager
    def later(self, count: float = 5) -> Iterator[object]:
        with clock.at(self.hours(count)):
            yield signed_in(staff("superintendent", establishment_id=self.prison.establishment_id))


@pytest.fixture
def joined(prison: Prison) -> Joined:
    return Joined(prison)


def known(at: datetime) -> dict[str, object]:
    then = timezone.localtime(at)
    return {
        "known_day": then.day, "known_month": then.month, "known_year": then.year,
        "known_time": f"{then:%H:%M}",
    }  # fmt: skip


def test_before_the_join_each_part_of_the_page_is_of_the_record_itself(joined: Joined) -> None:
    number = joined.number(joined.old.person_id)
    other = joined.number(joined.new.person_id)
    with joined.later() as client:
        for part in PARTS:
            answer = client.get(reverse(part, args=[number]), known(joined.hours(1)))
            assert answer.status_code == 200, part
            page = answer.content.decode()
            assert "Winston" in page, part
            assert "Ramdas" not in page.replace("RAMDAS", "Ramdas"), part
            assert "Joined since" in page, part
            assert f'href="{reverse("prisoner", args=[other])}"' in page, part


def test_from_the_join_on_the_number_leads_to_the_one_record(joined: Joined) -> None:
    number = joined.number(joined.old.person_id)
    other = joined.number(joined.new.person_id)
    with joined.later() as client:
        for asked in (known(joined.hours(3)), {}):
            answer = client.get(reverse("prisoner", args=[number]), asked)
            assert answer.status_code == 302
            assert answer.url.startswith(reverse("prisoner", args=[other]))


def test_the_record_that_was_joined_into_knew_nothing_of_the_other_before(joined: Joined) -> None:
    other = joined.number(joined.new.person_id)
    with joined.later() as client:
        custody_then = client.get(
            reverse("prisoner_custody", args=[other]), known(joined.hours(1))
        ).content.decode()
        custody_now = client.get(reverse("prisoner_custody", args=[other])).content.decode()
        who_then = client.get(
            reverse("prisoner_who", args=[other]), known(joined.hours(1))
        ).content.decode()
        bar = client.get(reverse("prisoner", args=[other]), known(joined.hours(1))).content.decode()
        bar_now = client.get(reverse("prisoner", args=[other])).content.decode()
    assert "Joined since" not in custody_then
    assert custody_then.count("Discharged") == 0
    assert custody_now.count("Discharged") > 0
    assert "GILLETT" not in who_then
    assert "Self-harm" not in bar
    assert "Self-harm" in bar_now


def test_taken_apart_again_the_time_between_shows_them_as_one(joined: Joined) -> None:
    number = joined.number(joined.old.person_id)
    other = joined.number(joined.new.person_id)
    with clock.at(joined.hours(4)):
        people_services.unmerge_persons(
            joined.prison.command, person_id=joined.old.person_id, reason="Two men"
        )
    with joined.later(6) as client:
        now = client.get(reverse("prisoner", args=[number]))
        between = client.get(reverse("prisoner", args=[number]), known(joined.hours(3)))
        after = client.get(reverse("prisoner", args=[number]), known(joined.hours(5)))
        assert (now.status_code, after.status_code) == (200, 200)
        assert "Joined since" not in after.content.decode()
        assert between.status_code == 302
        assert between.url.startswith(reverse("prisoner", args=[other]))
        held = client.get(
            reverse("prisoner_custody", args=[other]), known(joined.hours(3))
        ).content.decode()
        assert "Discharged" in held


def test_a_moment_before_there_was_the_record_shows_the_one_of_now_and_says_so(
    joined: Joined,
) -> None:
    number = joined.number(joined.old.person_id)
    with joined.later() as client:
        answer = client.get(
            reverse("prisoner", args=[number]), known(joined.hours(-500)), follow=True
        )
        assert answer.status_code == 200
        assert "This record was not known then" in answer.content.decode()
        assert joined.number(joined.new.person_id) in answer.content.decode()


def test_whoever_may_not_see_the_person_sees_no_earlier_record_either(joined: Joined) -> None:
    number = joined.number(joined.old.person_id)
    with clock.at(joined.hours(5)):
        both = (joined.new.person_id, joined.old.person_id)
        PersonScope.objects.filter(pk__in=both).update(sealed=True)
        stranger = signed_in(
            staff("records_officer", establishment_id=joined.prison.establishment_id)
        )
        answer = stranger.get(reverse("prisoner", args=[number]), known(joined.hours(1)))
    assert answer.status_code == 404
