"""Agencies and agreements, as officers meet them on their pages."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from joserfc import jws
from joserfc.jwk import OKPKey

from pims.custody.tests.prison import Prison
from pims.exchange.enforcement import reading
from pims.exchange.models import Agency, AgencyKey, AgreementVersion
from pims.exchange.rules import terms as terms_rules
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import agency_with, inquire, self_signed
from pims.foundation.access.actor import Actor
from pims.kernel import clock
from pims.people import selectors as people
from pims.ui.confirmation import SECRET_FIELD
from tests.access.staff import PIN, signed_in, staff


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def send(client: Client, to: str, /, *args: object, **fields: object) -> str:
    """Post a form with the officer's secret; the page that follows, in words."""
    sent = {"command_id": str(uuid.uuid4()), SECRET_FIELD: PIN, **fields}
    answer = client.post(reverse(f"exchange:{to}", args=args), sent, follow=True)
    return answer.content.decode()


def read(client: Client, name: str, /, *args: object, **query: object) -> str:
    answer = client.get(reverse(f"exchange:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def _registered(client: Client) -> int:
    send(client, "register", code="police", kind="police", name="The Police", name_es="La Policía",
         contacts="Sgt Choc; duty desk; 911; desk@example.org")  # fmt: skip
    return Agency.objects.get().pk


def _terms(**more: object) -> dict[str, object]:
    today = clock.now().date()
    ends = today + timedelta(days=200)
    return {
        "purpose": "custody_enquiry", "basis": "None that anybody confirmed",
        "first_day_day": today.day, "first_day_month": today.month, "first_day_year": today.year,
        "last_day_day": ends.day, "last_day_month": ends.month, "last_day_year": ends.year,
        "lookups": ["number"], "columns_custody": ["held", "number"],
        "rows_custody": "held:now\nestablishment:TST", "event_released": "thin",
        "retention_days": 30, "a_minute": 10, "a_day": 100, **more,
    }  # fmt: skip


def test_an_agreement_is_written_tried_signed_on_both_sides_and_put_in_force(
    prison: Prison,
) -> None:
    where = prison.establishment_id
    first = signed_in(staff("superintendent", establishment_id=where))
    second = signed_in(staff("officer_in_charge", establishment_id=where))
    agency_id = _registered(first)
    page = read(first, "agency", agency_id)
    assert "The Police" in page
    assert "duty desk" in page

    key = OKPKey.generate_key("Ed25519")
    send(first, "new_key", agency_id, use="agreement",
         jwk=json.dumps(key.as_dict(private=False)), kid="seal-1")  # fmt: skip
    assert AgencyKey.objects.get().kid == "seal-1"

    page = send(first, "draft", agency_id, **_terms())
    version = AgreementVersion.objects.get()
    assert "officers of the service must have signed" in page
    assert "No legal officer has confirmed the legal basis" in page
    assert "Column added" in page

    held = prison.held()
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    page = read(first, "preview", version.pk, number=number)
    assert "Whether in custody" in page
    assert "Not told" in page
    assert "Legal status" in page.partition("Not told")[2]
    assert "do not agree" not in page
    assert "nobody with this number" in read(first, "preview", version.pk, number="99-9999-9")

    send(first, "sign", version.pk, office="Superintendent")
    assert "another officer" in send(first, "sign", version.pk, office="Superintendent")
    send(second, "sign", version.pk, office="Officer in charge")
    text = terms_rules.canonical_text(version.terms).encode()
    signature = jws.serialize_compact({"alg": "Ed25519"}, text, key, algorithms=["Ed25519"])
    wrong = jws.serialize_compact({"alg": "Ed25519"}, b"other", key, algorithms=["Ed25519"])
    theirs = {"name": "The Commissioner", "office": "Commissioner", "kid": "seal-1"}
    assert "not the signature" in send(
        first, "their_signature", version.pk, signature=wrong, **theirs
    )
    send(first, "their_signature", version.pk, signature=jws.detach_content(signature), **theirs)
    page = send(second, "activate", version.pk)
    assert "The agreement is in force." in page
    version.refresh_from_db()
    assert version.state == "active"
    assert "The Commissioner" in page

    # A new version says in what it differs, and takes the place of the old once it is in force.
    form = read(first, "draft", agency_id, of=version.pk)
    assert "establishment:TST" in form
    page = send(first, "draft", agency_id, **_terms(columns_custody=["held", "since"]))
    assert "What it changes against version 1" in page
    assert "Column dropped" in page

    page = send(first, "end", version.pk, reason="They asked for it")
    assert "They asked for it" in page


def test_terms_that_reach_nobody_or_lack_a_basis_say_so_before_anybody_signs(
    prison: Prison,
) -> None:
    client = signed_in(staff("superintendent", establishment_id=prison.establishment_id))
    agency_id = _registered(client)
    page = send(client, "draft", agency_id, **_terms(rows_custody=""))
    assert "Without a filter it reaches nobody" in page
    version = AgreementVersion.objects.get()
    page = send(client, "sign", version.pk, office="Superintendent")
    assert "Without a filter it reaches nobody" in page
    page = send(client, "edit", version.pk, **_terms(columns_custody=["out_to_hospital"]))
    assert "which the agreement must name" in page


def test_a_private_key_is_refused_and_kept_nowhere(prison: Prison) -> None:
    client = signed_in(staff("superintendent", establishment_id=prison.establishment_id))
    agency_id = _registered(client)
    private = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))
    assert "It was not kept" in send(client, "new_key", agency_id, use="message", jwk=private)
    assert not AgencyKey.objects.exists()


def test_a_certificate_is_added_and_revoked(prison: Prison) -> None:
    client = signed_in(staff("superintendent", establishment_id=prison.establishment_id))
    agency_id = _registered(client)
    pem, key = self_signed("police")
    assert "private key" in send(client, "new_certificate", agency_id, pem=key.decode())
    assert "CN=police" in send(client, "new_certificate", agency_id, pem=pem.decode())
    found = Agency.objects.get().certificates.get()
    page = send(client, "revoke_certificate", agency_id, found.pk, reason="Stolen laptop")
    assert "Stolen laptop" in page


@pytest.mark.any_server
def test_the_observatory_is_offered_numbers_and_no_person(prison: Prison) -> None:
    client = signed_in(staff("superintendent", establishment_id=prison.establishment_id))
    send(client, "register", code="observatory", kind="observatory", name="Observatory")
    page = read(client, "draft", Agency.objects.get().pk)
    assert "columns_statistic" in page
    assert "columns_person" not in page
    assert "event_released" not in page


@pytest.mark.any_server
def test_an_agency_is_suspended_and_cannot_be_found_by_those_who_may_not(prison: Prison) -> None:
    client = signed_in(staff("superintendent", establishment_id=prison.establishment_id))
    agency_id = _registered(client)
    page = send(client, "state", agency_id, state="suspended", reason="A key was lost", version=1)
    assert "A key was lost" in page
    gate = signed_in(staff("gate_officer", establishment_id=prison.establishment_id))
    assert gate.get(reverse("exchange:agency", args=[agency_id])).status_code == 403


def test_the_page_of_who_looked_tells_which_agency_was_told_what(prison: Prison) -> None:
    held = prison.held()
    shelve([held.person_id])
    inquired = inquire(agency_with())
    with reading(inquired) as reader:
        reader.give("custody", reader.read("custody", person_ids=[held.person_id]))
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    address = reverse("prisoner_access", args=[number])
    page = signed_in(staff("superintendent", establishment_id=prison.establishment_id)).get(address)
    text = page.content.decode()
    assert "PC 1234 Choc" in text
    assert "Whether in custody" in text
    assert str(inquired.inquiry_id) in text
    gate = signed_in(staff("gate_officer", establishment_id=prison.establishment_id)).get(address)
    assert "PC 1234 Choc" not in gate.content.decode()
