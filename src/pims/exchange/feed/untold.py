"""Events of the record that no agency is told, each with the reason.

What they change is on the shelf all the same, and so in the next answer to whoever may ask for it.
"""

from collections.abc import Mapping

# Why nobody outside is told.
INSIDE = "how the prison works inside; of no concern to anybody outside"
TOLD_OTHERWISE = "told by another event of the same change"
DETAIL = "a detail that is read when asked for, and changes nobody's custody"
NOBODY = "about no prisoner"
CONFIDENTIAL = "must not leave as an event: health, safety, identity work, erasure"
COURTS_OWN = "the court's own papers, which it sent us"

_BY_REASON: Mapping[str, str] = {
    INSIDE: """
        custody.placed custody.placement_breached custody.breach_ended custody.place_left
        custody.place_taken_since custody.admission_step_done custody.admission_steps_done
        custody.admission_completed custody.identity_checked custody.property_waits
        custody.clock_went_back custody.received_again custody.episode_was_open
        custody.stay_put_before custody.received_long_ago custody.receipt_corrected
        custody.no_warrant_seen custody.return_row_refused custody.return_was_not_recorded
        custody.end_countersigned custody.taken_off_the_books custody.removed_without_order
        custody.freed_against_paper custody.release_waits custody.van_arrived custody.van_corrected
        custody.turned_away
        release.discharge_started release.clock_moved release.discharge_acknowledged
        release.case_closed release.item_settled release.identity_established
        release.identity_answered release.identity_decided release.second_officer_agreed
        release.countersigned release.preparation_opened release.preparation_closed
        release.preparation_item_settled release.agency_told release.detention_error_recorded
        property.taken_in property.given_back property.missing
        assurance.alarm_raised assurance.alarm_acknowledged assurance.alarm_climbed
        assurance.alarm_ended assurance.alarm_handed_over
        authority.police_interest_recorded authority.police_interest_withdrawn
        authority.police_informed authority.clerk_query_sent authority.clerk_query_answered
        sentences.adjustment_recorded sentences.adjustment_struck_out sentences.payment_taken
        sentences.certified_by_hand release.date_read release.dates_differ release.dates_settled
        release.parole_opened release.parole_closed release.parole_decided release.parole_revoked
        """,
    TOLD_OTHERWISE: """
        custody.died custody.people_joined custody.receipt_given_to_another custody.court_outcome
        release.released release.discharge_corrected people.death_recorded
        authority.release_order_acted_on
        """,
    DETAIL: """
        custody.escort_left custody.escort_changed custody.escort_departure_corrected
        custody.arrest_recorded custody.end_amended
        people.created people.amended people.part_added people.part_withdrawn
        people.photograph_taken people.age_decided people.came_of_age
        authority.warrant_amended authority.warrant_decided authority.next_appearance_set
        authority.release_order_verified authority.release_order_extended
        authority.release_order_stands_again
        courts.hearing_scheduled courts.hearing_moved courts.hearing_cancelled
        courts.hearing_restored
        """,
    COURTS_OWN: """
        courts.case_opened courts.case_amended courts.charge_added courts.charge_amended
        courts.charge_decided courts.order_confirmed courts.order_changed_in_part
        courts.order_read_again courts.first_reading_shown courts.difference_settled
        courts.order_query_sent courts.order_query_answered
        """,
    CONFIDENTIAL: """
        custody.ill_treatment_complained custody.injury_recorded custody.death_details_changed
        custody.identity_in_doubt custody.wrong_person_produced
        people.infant_entered people.infant_left people.consular_answered people.match_found
        people.match_decided
        safety.flag_raised safety.flag_lowered safety.kept_apart safety.keep_apart_ended
        safety.first_risk_recorded
        vault.file_stored vault.person_sealed vault.person_unsealed vault.erasure_ordered
        vault.erasure_confirmed vault.erasure_withdrawn vault.person_erased
        biometrics.candidate_examined biometrics.destroyed biometrics.destruction_ordered
        biometrics.enrolment_finished biometrics.enrolment_started biometrics.face_taken
        biometrics.finger_not_taken biometrics.fingers_taken biometrics.search_answered
        biometrics.search_asked biometrics.verified biometrics.identified
        biometrics.destruction_confirmed biometrics.destruction_withdrawn
        """,
    NOBODY: """
        access.confirmed access.factor_added access.factor_removed access.grant_ended
        access.locked_out access.role_granted access.secret_set access.sign_in_failed
        access.signed_in access.signed_out access.user_added access.user_amended
        access.user_deactivated access.user_reactivated access.user_unlocked
        authority.bodies_loaded authority.registry_phone_set
        biometrics.sweep_started biometrics.sweep_finished
        facilities.capacity_changed facilities.layout_loaded facilities.returned_to_use
        facilities.taken_out_of_use
        ledger.clock_went_back ledger.details_forgotten ledger.signing_key_handed_over
        ledger.tree_differs
        sentences.rule_signed sentences.signature_withdrawn
        sentences.law_agreed_to sentences.law_compared sentences.law_declined
        sentences.law_proposed sentences.law_put_in_force sentences.law_worked_out
        vault.master_key_made vault.master_key_retired
        """,
}

NOT_TOLD: Mapping[str, str] = {
    kind: reason for reason, kinds in _BY_REASON.items() for kind in kinds.split()
}
# Whatever the exchange itself says happened is between us and the agency.
NOT_TOLD_ROOMS = frozenset({"exchange"})
