"""Addresses of the sentences room."""

from django.urls import path

from pims.sentences.web import activation, fines, hand, laws, person

app_name = "sentences"

urlpatterns = [
    path("", hand.queue, name="queue"),
    path("person/<int:person_id>/", person.person, name="person"),
    path("person/<int:person_id>/what-if/", person.what_if, name="what_if"),
    path("person/<int:person_id>/adjust/", person.adjust, name="adjust"),
    path("person/<int:person_id>/by-hand/", hand.certify, name="certify"),
    path("fines/", fines.index, name="fines"),
    path("person/<int:person_id>/fine/", fines.person, name="fine"),
    path("receipt/<int:payment_id>/", fines.receipt, name="receipt"),
    path("adjustment/<int:adjustment_id>/strike-out/", person.strike_out, name="strike_out"),
    path("hand/<int:hand_calculation_id>/", hand.hand, name="hand"),
    path("hand/<int:hand_calculation_id>/countersign/", hand.countersign, name="countersign"),
    path("hand/<int:hand_calculation_id>/withdraw/", hand.withdraw, name="withdraw_hand"),
    path("laws/", laws.laws, name="laws"),
    path("laws/compare/", laws.compare, name="compare"),
    path("laws/propose/", activation.propose, name="propose"),
    path("laws/proposal/<int:proposal_id>/", activation.proposal, name="proposal"),
    path(
        "laws/proposal/<int:proposal_id>/compare/",
        activation.compare_again,
        name="compare_again",
    ),
    path("laws/proposal/<int:proposal_id>/agree/", activation.agree, name="agree_to_law"),
    path("laws/proposal/<int:proposal_id>/decline/", activation.decline, name="decline_law"),
    path("laws/sign/<str:code>/", laws.sign, name="sign"),
    path("laws/signature/<int:signature_id>/withdraw/", laws.withdraw, name="withdraw_signature"),
]
