"""What the parts of a record are called to the officers who decide whether it goes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By room, in the order in which a file is read; then by table.
GROUPS: tuple[tuple[str, Promise], ...] = (
    ("people", _("Who the person is")),
    ("biometrics", _("Fingerprints and face")),
    ("custody", _("Custody")),
    ("authority", _("Warrants and orders")),
    ("courts", _("Courts")),
    ("sentences", _("Release dates")),
    ("release", _("Discharges")),
    ("safety", _("Safety")),
    ("property", _("Property")),
    ("assurance", _("Custody alarms")),
    ("exchange", _("What other agencies asked, sent and were told")),
    ("vault", _("Files, keys and sealing")),
    ("ledger", _("Beside the ledger")),
)

TABLES: Mapping[str, Promise] = {
    "assurance_alarm": _("Alarms about the person"),
    "authority_clerk_query": _("Questions to a court's clerk"),
    "authority_court_date": _("Court dates"),
    "authority_police_interest": _("Police interest"),
    "authority_release_order": _("Release orders"),
    "authority_release_order_warrants": _("Which warrants a release order ends"),
    "authority_warrant": _("Warrants that name nobody else"),
    "authority_warrant_name": _("The person's lines on warrants"),
    "biometrics_candidate": _("Fingerprints that were compared"),
    "biometrics_enrolment": _("Takings of fingerprints"),
    "biometrics_examination": _("What examiners decided"),
    "biometrics_face": _("Face for comparison"),
    "biometrics_finger": _("Fingerprints"),
    "biometrics_identification": _("Whose a finger was, that was not this person's"),
    "biometrics_identified": _("Whose finger it may be"),
    "biometrics_search": _("Searches by fingerprints"),
    "biometrics_subject": _("The name in the gallery of fingerprints"),
    "biometrics_verification": _("Identity checks by fingerprint"),
    "courts_case": _("Cases with nobody else in them"),
    "courts_case_party": _("The person's place in court cases"),
    "courts_charge": _("Charges"),
    "courts_hearing": _("Hearings"),
    "courts_order": _("Court orders"),
    "courts_order_deed": _("What court orders did"),
    "courts_order_charges": _("Which charges a court order is about"),
    "courts_order_query": _("Questions to a court's clerk about orders"),
    "courts_second_reading": _("Second readings of court orders"),
    "courts_sentence": _("Sentences"),
    "custody_absence": _("Escapes and recaptures"),
    "custody_admission_step": _("Steps of admissions"),
    "custody_body_receipt": _("Body receipts"),
    "custody_court_return": _("Outcomes of court days"),
    "custody_end": _("Ends of custody"),
    "custody_episode": _("Custody episodes"),
    "custody_escort": _("Escorts"),
    "custody_identity_check": _("Identity checks"),
    "custody_injury": _("Injuries and complaints"),
    "custody_placement": _("Cell places"),
    "exchange_asked": _("What agencies asked about the person"),
    "exchange_disclosure": _("What agencies were told about the person"),
    "exchange_facets_seen": _("What custody was when agencies were told"),
    "exchange_inbound": _("Messages of agencies about the person"),
    "exchange_inbound_name": _("Lists of agencies that name the person"),
    "exchange_inbound_step": _("What became of those messages"),
    "exchange_lookup_key": _("By what agencies find the person"),
    "exchange_made_up": _("The mark of a test prisoner"),
    "exchange_order_clock": _("Clocks from a court's order to freedom"),
    "exchange_shelf": _("What agencies may be told, kept ready"),
    "exchange_shelf_due": _("When that changes by itself"),
    "ledger_detail": _("Personal details and salts"),
    "people_address": _("Addresses"),
    "people_child": _("Children"),
    "people_consular_notice": _("Consular notices"),
    "people_contact": _("Contacts"),
    "people_description": _("Descriptions"),
    "people_identifier": _("Documents"),
    "people_infant": _("Babies inside"),
    "people_language": _("Languages"),
    "people_mark": _("Marks and tattoos"),
    "people_merge": _("Joined records"),
    "people_name": _("Names"),
    "people_nationality": _("Nationalities"),
    "people_photograph": _("Photographs"),
    "people_possible_match": _("Possible matches"),
    "people_search": _("Search entries"),
    "person_scope": _("Where the person belongs"),
    "property_item": _("Property"),
    "property_receipt": _("Property receipts"),
    "release_agency_told": _("Agencies told of a release"),
    "release_case": _("Discharge checks"),
    "release_date_reading": _("Release dates worked out by an officer"),
    "release_detention_error": _("Register of wrongful releases and over-detention"),
    "release_discharge": _("Discharges"),
    "release_discharge_correction": _("Corrections of discharges"),
    "release_identity_decision": _("Decisions about the identity"),
    "release_in_error": _("Releases in error"),
    "release_item": _("Lines of discharge checks"),
    "release_parole": _("Parole"),
    "release_preparation": _("Preparations of a release"),
    "release_preparation_item": _("Lines of preparations of a release"),
    "release_vouching": _("Who answered for the identity"),
    "safety_first_risk": _("First risk answers"),
    "safety_flag": _("Flags"),
    "safety_keep_apart": _("Keep-aparts"),
    "vault_blob": _("Encrypted files: photographs and scans"),
    "vault_person_key": _("The person's own key"),
    "sentences_adjustment": _("Credit, days at large, remission and payments"),
    "sentences_calculation": _("Calculations of release dates"),
    "sentences_payment": _("Payments of fines and their receipts"),
    "sentences_law_move": _("Dates that another law would have moved"),
    "sentences_hand_calculation": _("Release dates worked out by hand"),
    "vault_sealing": _("Sealings"),
}

PAPERS: Mapping[str, Promise] = {
    "authority_warrant": _("Warrant"),
    "courts_case": _("Court case"),
    "exchange_inbound": _("List of an agency"),
}


def room_of(table: str) -> str:
    return "people" if table == "person_scope" else table.partition("_")[0]


def by_room(counts: Mapping[str, int]) -> list[tuple[Promise, list[tuple[Promise | str, int]]]]:
    """Rows by room and by what they are; histories are not among them."""
    found = []
    for room, label in GROUPS:
        rows = [
            (TABLES.get(table, table), count)
            for table, count in counts.items()
            if room_of(table) == room and not table.endswith("_history")
        ]
        if rows:
            found.append((label, rows))
    return found


def earlier_rows(counts: Mapping[str, int]) -> int:
    return sum(count for table, count in counts.items() if table.endswith("_history"))


def papers_in_words(left: list[str] | tuple[str, ...]) -> list[tuple[Promise | str, str]]:
    """ "authority_warrant 12" -> what it is and its number."""
    split = [paper.rpartition(" ") for paper in left]
    return [(PAPERS.get(table, table), key) for table, _space, key in split]
