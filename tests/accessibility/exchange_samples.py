"""Agencies and agreements for the walk through every page: one in force, one still a draft."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from pims.exchange import services
from pims.exchange.models import AgencyCertificate, AgencyKey, AllowedAddress, Delivery, Hold
from pims.exchange.services import breaker
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import SmallAgency, agency_with, inquire, terms_of, whole
from pims.exchange.tests.pushing import BAD, made, pushed_to, send, told
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.accessibility.inbound_samples import inbound_samples
from tests.fixtures.small_prison import SmallPrison


def exchange_samples(prison: SmallPrison) -> Mapping[str, tuple[object, ...]]:
    shelve([one.person_id for one in prison.held.values()])
    terms = terms_of(
        tables={"custody": whole("custody"), "person": whole("person")},
        events={"released": "fat", "escaped": "thin"},
    )
    police = agency_with(terms)
    inquire(police)
    draft = services.draft_agreement(
        Command(police.officers[0]), agency_id=police.agency_id,
        terms={**terms, "labels": ["juvenile"], "tables": {"custody": whole("custody")}},
    )  # fmt: skip
    delivering = _delivering(police)
    messages = inbound_samples(prison)
    key = AgencyKey.objects.filter(agency_id=police.agency_id).first()
    certificate = AgencyCertificate.objects.filter(agency_id=police.agency_id).first()
    assert key is not None
    assert certificate is not None
    return {
        "agency_id": (police.agency_id,),
        "key_id": (key.pk,),
        "certificate_id": (certificate.pk,),
        "exchange:version version_id": (police.version_id, draft.version_id),
        "exchange:preview version_id": (police.version_id,),
        "exchange:edit version_id": (draft.version_id,),
        "version_id": (draft.version_id,),
        **delivering,
        "exchange:message inbound_id": messages,
        "inbound_id": messages[:1],
    }


def _delivering(agency: SmallAgency) -> Mapping[str, tuple[object, ...]]:
    """An endpoint with a dead letter, messages that are held, an amnesty of one officer."""
    officer = agency.officers[0]
    goal = pushed_to(agency)
    told(2)
    send(goal, BAD)
    Delivery.objects.update(state=Delivery.State.DEAD)
    with transaction.atomic():
        breaker.screen(made(2, origin="test"))
    now = clock.now()
    announced = breaker.announce_amnesty(
        Command(officer), starts_at=now, ends_at=now + timedelta(days=1), expected=300,
        reason="Independence Day",
    )  # fmt: skip
    allowed = AllowedAddress.objects.get(ended_at=None)
    return {
        "agreement_id": (agency.agreement_id,),
        "endpoint_id": (goal.endpoint_id,),
        "hold_id": (Hold.objects.get(decision="").pk,),
        "announcement_id": (announced.announcement_id,),
        "allowed_id": (allowed.pk,),
    }
