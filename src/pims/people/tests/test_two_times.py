from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.facilities.models import Establishment
from pims.foundation.access import selectors as access
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import selectors, services
from pims.people.services import NameInput


def test_a_person_is_shown_as_known_at_an_earlier_instant(fresh_database):
    viewer = access.system_actor()
    prison = Establishment.objects.create(code="TEST", name="Test Prison")
    made = services.create_person(
        Command(viewer), names=[NameInput("Ana", "Chan")], establishment_id=prison.pk
    )
    contact = services.add_contact(
        Command(viewer), person_id=made.person_id, kind="lawyer", name="Ms Pop"
    )
    then = clock.now()
    services.add_name(
        Command(viewer),
        person_id=made.person_id,
        name=NameInput("Anna", "Chan-Balam", "married"),
        make_primary=True,
    )
    services.amend_person(Command(viewer), person_id=made.person_id, version=3, sex="female")
    services.withdraw_part(
        Command(viewer), part="contact", part_id=contact.part_id, reason="No longer acts"
    )

    today = selectors.person_detail(viewer, made.person_id)
    before = selectors.person_detail(viewer, made.person_id, AsOf(then, known_at=then))
    long_before = AsOf(then, known_at=then - timedelta(days=1))

    assert today.header.display_name == "CHAN-BALAM, Anna"
    assert (today.header.sex, today.contacts) == ("female", ())
    assert before.header.display_name == "CHAN, Ana"
    assert before.header.sex == "unknown"
    assert [c.name for c in before.contacts] == ["Ms Pop"]
    assert [n.shown for n in before.names] == ["CHAN, Ana"]
    assert selectors.person_headers(viewer, [made.person_id], long_before) == {}


def test_what_was_withdrawn_since_still_stood_at_the_time(fresh_database):
    viewer = access.system_actor()
    prison = Establishment.objects.create(code="TEST", name="Test Prison")
    made = services.create_person(
        Command(viewer), names=[NameInput("Ana", "Chan")], establishment_id=prison.pk
    )
    contact = services.add_contact(
        Command(viewer), person_id=made.person_id, kind="lawyer", name="Ms Pop"
    )
    then = clock.now()
    services.withdraw_part(
        Command(viewer), part="contact", part_id=contact.part_id, reason="No longer acts"
    )

    detail = selectors.person_detail(viewer, made.person_id, AsOf(then))

    assert [c.name for c in detail.contacts] == ["Ms Pop"]


def test_a_day_is_that_of_the_prison_and_not_of_greenwich(officer, make_person):
    made = make_person("Ana", "Chan")
    evening = datetime(2026, 3, 7, 18, 30, tzinfo=ZoneInfo("America/Belize"))  # 00:30 of the 8th
    services.add_address(
        Command(officer), person_id=made.person_id, lines="1 Front Street",
        lived_from=date(2026, 3, 8),
    )  # fmt: skip
    services.set_description(
        Command(officer), person_id=made.person_id, observed_on=date(2026, 3, 8), height_cm=170
    )
    before = selectors.person_detail(officer, made.person_id, AsOf(evening))
    assert (before.addresses, before.descriptions) == ((), ())
    after = selectors.person_detail(officer, made.person_id, AsOf(evening + timedelta(hours=6)))
    assert (len(after.addresses), len(after.descriptions)) == (1, 1)
