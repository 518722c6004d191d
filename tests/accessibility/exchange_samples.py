"""Agencies and agreements for the walk through every page: one in force, one still a draft."""

from collections.abc import Mapping

from pims.exchange import services
from pims.exchange.models import AgencyCertificate, AgencyKey
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import agency_with, inquire, terms_of, whole
from pims.foundation.commands.transaction import Command
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
    }
