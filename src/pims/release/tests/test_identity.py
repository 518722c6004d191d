"""Who stands at the gate: nobody is compared with a photograph that is not there, and officers
who know the prisoner are two officers, each by their own word."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.biometrics import services as biometrics
from pims.biometrics.tests.conftest import compiled, gallery_server, taken, ten  # noqa: F401
from pims.custody.tests.prison import Prison
from pims.custody.tests.test_papers import picture
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, Refused
from pims.people import selectors as people_of
from pims.people import services as people
from pims.release import selectors, services
from pims.release.selectors import signatures
from pims.release.services import Voucher
from pims.release.tests.test_services import case_for, codes, order_for
from tests.access.staff import PIN, signed_in, staff


@pytest.fixture
def case(prison: Prison, officer):
    receipt = prison.held("Ana Chan")
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    return selectors.case_detail(prison.actor, case_id)


def establish(officer, case, **how: object) -> None:
    services.establish_identity(Command(officer), case_id=case.case_id, **how)  # type: ignore[arg-type]


def wrong_of(officer, case, **how: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as wrong:
        establish(officer, case, **how)
    return {name: reason.code for name, reason in wrong.value.fields.items()}


def stops(prison: Prison, case) -> list[str]:
    check = selectors.case_detail(prison.actor, case.case_id).check
    assert check is not None
    return [reason.code for reason in check.stops]


def alarms(prison: Prison) -> list[str]:
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    return [a.kind.code for a in open_alarms(prison.actor, prison.establishment_id)]


def test_a_photograph_can_be_compared_only_where_one_is_stored(prison, officer, case) -> None:
    assert wrong_of(officer, case, how="photograph") == {"how": "release.no_photograph"}
    assert wrong_of(officer, case, how="fingerprint") == {"how": "release.no_fingerprints"}
    assert stops(prison, case) == ["release.identity_not_established"]
    people.add_photograph(
        prison.command,
        person_id=case.person_id,
        kind="front",
        data=picture(),
        taken_at=clock.now(),
    )
    establish(officer, case, how="photograph")
    assert stops(prison, case) == []


@pytest.mark.any_server
def test_the_page_offers_no_comparison_with_a_photograph_that_is_not_there(prison, case) -> None:
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    url = reverse("release:identity", args=[case.case_id])
    page = client.get(url).content.decode()
    assert 'value="photograph"' not in page
    answer = client.post(url, {"how": "photograph", "matched": "yes", "command_id": "x"})
    assert answer.status_code == 422
    assert stops(prison, case) == ["release.identity_not_established"]


@pytest.mark.any_server
def test_two_officers_who_know_the_person_are_two_users_in_service(prison, officer, case) -> None:
    one, other = staff("gate_officer"), staff("unit_officer")
    gone = staff("unit_officer")
    gone.is_active = False
    gone.save()
    for vouchers, code in (
        ([Voucher(one.pk)], "release.two_officers_needed"),
        ([Voucher(one.pk), Voucher(one.pk)], "release.two_officers_needed"),
        ([Voucher(one.pk), Voucher(10**9)], "release.not_an_officer"),
        ([Voucher(one.pk), Voucher(gone.pk)], "release.not_an_officer"),
    ):
        assert wrong_of(officer, case, how="two_officers", vouchers=vouchers) == {
            "officer_two": code
        }
    unsigned = [Voucher(one.pk, signed=False), Voucher(other.pk, signed=False)]
    assert "officer_one" in wrong_of(officer, case, how="two_officers", vouchers=unsigned)
    establish(officer, case, how="two_officers", vouchers=[Voucher(one.pk), Voucher(other.pk)])
    assert stops(prison, case) == []
    assert "identity_unsigned" not in alarms(prison)


@pytest.mark.any_server
def test_an_officer_away_from_the_pc_is_named_delays_nobody_and_signs_later(
    prison, officer, case
) -> None:
    here, away = staff("gate_officer"), staff("unit_officer")
    establish(
        officer, case, how="two_officers", vouchers=[Voucher(here.pk), Voucher(away.pk, False)]
    )
    assert stops(prison, case) == [], "the gate waits for nobody's signature"
    assert "identity_unsigned" in alarms(prison)
    owed = signatures.vouchings(case_id=case.case_id)[1]
    with pytest.raises(Refused) as refused:
        services.answer_for_identity(
            Command(actor_for(here)), vouching_id=owed.vouching_id, knows=True
        )
    assert codes(refused.value) == ["release.not_the_named_officer"]
    services.answer_for_identity(Command(actor_for(away)), vouching_id=owed.vouching_id, knows=True)
    assert "identity_unsigned" not in alarms(prison)


def test_a_named_officer_who_says_no_closes_the_gate_again(prison, officer, case) -> None:
    here, away = staff("gate_officer"), staff("unit_officer")
    establish(
        officer, case, how="two_officers", vouchers=[Voucher(here.pk), Voucher(away.pk, False)]
    )
    owed = signatures.vouchings(case_id=case.case_id)[1]
    services.answer_for_identity(
        Command(actor_for(away)), vouching_id=owed.vouching_id, knows=False
    )
    assert stops(prison, case) == ["release.identity_denied"]
    assert "identity_unsigned" not in alarms(prison)


def test_both_officers_give_badge_and_pin_at_the_page(prison, case) -> None:
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    one, other = staff("gate_officer"), staff("unit_officer")
    url = reverse("release:identity", args=[case.case_id])
    form = {
        "how": "two_officers", "matched": "yes",
        "command_id": "4f6b0f0e-4a0f-4bb0-8a26-1a2f3c4d5e6f",
        "officer_one": one.badge, "pin_one": PIN, "officer_two": other.badge, "pin_two": "999999",
    }  # fmt: skip
    assert client.post(url, form).status_code == 422, "a wrong PIN"
    assert client.post(url, form | {"officer_two": "x", "pin_two": ""}).status_code == 422
    assert stops(prison, case) == ["release.identity_not_established"]
    assert client.post(url, form | {"pin_two": PIN}).status_code == 302
    assert stops(prison, case) == []
    assert [v.signed_at is not None for v in signatures.vouchings(case_id=case.case_id)] == [
        True, True,
    ]  # fmt: skip


def test_whoever_was_named_signs_at_any_pc_with_badge_and_pin(prison, officer, case) -> None:
    here, away = staff("gate_officer"), staff("unit_officer")
    establish(
        officer, case, how="two_officers", vouchers=[Voucher(here.pk), Voucher(away.pk, False)]
    )
    owed = signatures.vouchings(case_id=case.case_id)[1]
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    url = reverse("release:vouch", args=[owed.vouching_id])
    form = {"command_id": "4f6b0f0e-4a0f-4bb0-8a26-1a2f3c4d5e60", "secret": PIN, "knows": "yes"}
    assert away.name in client.get(url).content.decode()
    assert client.post(url, form | {"badge": here.badge}).status_code == 422
    assert client.post(url, form | {"badge": away.badge}).status_code == 302
    assert not signatures.vouchings(case_id=case.case_id)[1].is_open


@pytest.mark.any_server
def test_what_was_established_when_a_case_was_open_serves_the_paper_that_overtook_it(
    prison, officer, case
) -> None:
    establish(
        officer, case, how="two_officers",
        vouchers=[Voucher(staff("gate_officer").pk), Voucher(staff("unit_officer").pk)],
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(minutes=5)):
        done = services.record_paper_discharge(
            Command(officer),
            episode_id=case.episode_id,
            happened_at=clock.now(),
            order_seen="Bail 7/26",
            first_officer="Gate",
        )
    assert "release.identity_not_established" not in done.marks


@pytest.mark.any_server
def test_who_vouches_has_to_do_with_prisoners_there(prison, other_prison, officer, case) -> None:
    knows, auditor = staff("gate_officer"), staff("auditor")
    elsewhere = staff("unit_officer", establishment_id=other_prison.establishment_id)
    for other in (auditor, staff("visiting_justice"), elsewhere):
        vouchers = [Voucher(knows.pk), Voucher(other.pk)]
        assert wrong_of(officer, case, how="two_officers", vouchers=vouchers) == {
            "officer_two": "release.not_of_custody"
        }
        assert wrong_of(officer, case, how="two_officers", vouchers=vouchers[::-1]) == {
            "officer_one": "release.not_of_custody"
        }
    assert stops(prison, case) == ["release.identity_not_established"]
    establish(officer, case, how="two_officers", vouchers=[Voucher(auditor.pk)], matched=False)
    assert stops(prison, case) == ["release.identity_denied"], "anybody may say no"


@pytest.mark.any_server
def test_a_no_stands_whoever_says_yes_later_until_it_is_decided(
    prison, officer, second, case
) -> None:
    no = [staff("gate_officer"), staff("unit_officer")]
    yes = [staff("gate_officer"), staff("unit_officer")]
    establish(
        officer, case, how="two_officers", vouchers=[Voucher(o.pk) for o in no], matched=False
    )
    establish(officer, case, how="two_officers", vouchers=[Voucher(o.pk) for o in yes])
    services.second_officer_agrees(Command(second), case_id=case.case_id)
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case.case_id)
    assert codes(refused.value) == ["release.identity_denied"]

    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    url = reverse("release:case", args=[case.case_id])
    page = client.get(url).content.decode()
    assert all(f"{o.name} ({o.badge})" in page for o in no)
    assert "Nothing stops this discharge" not in page
    decide = reverse("release:decide_identity", args=[case.case_id])
    assert f'href="{decide}"' in page
    assert client.post(decide, {"reason": " ", "command_id": str(uuid4())}).status_code == 422
    said = {"reason": "They looked at the wrong man", "command_id": str(uuid4())}
    assert client.post(decide, said).status_code == 302

    page = client.get(url).content.decode()
    assert "Nothing stops this discharge" in page
    assert "They looked at the wrong man" in page
    assert all(o.name in page for o in no), "who said no stays on the check"
    done = services.discharge_person(Command(officer), case_id=case.case_id)
    assert "identity_decided" in done.marks
    number = people_of.person_headers(prison.actor, [case.person_id])[case.person_id].number
    lines = client.get(reverse("prisoner_timeline", args=[number])).content.decode()
    assert "this is somebody else" in lines
    assert no[0].name in lines


@pytest.mark.any_server
def test_a_second_no_after_a_decision_stands_again(prison, officer, case) -> None:
    someone = staff("gate_officer")
    vouchers = [Voucher(someone.pk)]
    for n in range(2):
        with clock.at(clock.now() + timedelta(minutes=n)):
            establish(officer, case, how="two_officers", vouchers=vouchers, matched=False)
            assert stops(prison, case) == ["release.identity_denied"]
            services.decide_identity(Command(officer), case_id=case.case_id, reason="Mistaken")
            assert stops(prison, case) == ["release.identity_not_established"]
    with pytest.raises(Refused) as refused:
        services.decide_identity(Command(officer), case_id=case.case_id, reason="Again")
    assert codes(refused.value) == ["release.nobody_denied"]


@pytest.mark.any_server
@pytest.mark.usefixtures("gallery_server")
def test_a_finger_says_itself_who_it_is_and_another_way_is_always_left(
    prison, officer, case
) -> None:
    prints = Command(prison.actor)
    biometrics.enrol_fingers(prints, person_id=case.person_id, fingers=ten(51))
    # Nothing was put on the scanner, or it is dead: told, nothing recorded, the other ways remain.
    assert wrong_of(officer, case, how="fingerprint") == {
        "print_image": "biometrics.no_finger_given"
    }
    establish(officer, case, how="fingerprint", finger=taken(51, 3, impression=1, called=0))
    assert stops(prison, case) == []
    # Whatever the officer clicked, somebody else's finger is a no, and it stands.
    establish(officer, case, how="fingerprint", finger=taken(52, 3), matched=True)
    assert stops(prison, case) == ["release.identity_denied"]


@pytest.mark.any_server
def test_the_page_offers_the_finger_first_where_prints_are_stored(prison, case) -> None:
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    url = reverse("release:identity", args=[case.case_id])
    assert 'value="fingerprint"' not in client.get(url).content.decode()
    biometrics.enrol_fingers(
        Command(prison.actor), person_id=case.person_id, fingers=[taken(53, 2)]
    )
    page = client.get(url).content.decode()
    assert page.index('value="fingerprint"') < page.index('value="two_officers"')
    answer = client.post(url, {"how": "fingerprint", "command_id": str(uuid4())})
    assert answer.status_code == 422
    assert "two officers who know the person" in answer.content.decode()
