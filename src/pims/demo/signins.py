"""The officers of the simulated prison, and how they sign in.

These secrets are printed at every start: an installation that holds real people has none of
these users.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignIn:
    """`role` is shown; `code` is the role's; `unit` narrows the grant to one unit."""

    role: str
    code: str
    name: str
    badge: str
    pin: str
    password: str
    unit: str = ""


def _one(role: str, code: str, name: str, badge: str, pin: str, unit: str = "") -> SignIn:
    return SignIn(role, code, name, badge, pin, f"Hattieville-{badge}-demo", unit)


SIGN_INS = (
    _one("Reception officer", "reception_officer", "Marva Gentle", "R101", "246801"),
    _one("Records officer", "records_officer", "Edwin Cocom", "R201", "246802"),
    _one("Gate officer", "gate_officer", "Clayton Arzu", "G301", "246803"),
    _one("Unit officer (Remand)", "unit_officer", "Domingo Choc", "U401", "246804", "REM"),
    _one("Duty senior officer", "duty_senior_officer", "Felicia Usher", "S501", "246805"),
    _one("Officer in charge", "officer_in_charge", "Lionel Banner", "S502", "246806"),
    _one("Classification officer", "classification_officer", "Rosita Lino", "C601", "246807"),
    _one("Medical officer", "medical_officer", "Anita Mahung", "M701", "246808"),
    _one("Superintendent", "superintendent", "Winston Staine", "S503", "246809"),
    # An erasure by order takes two.
    _one("Deputy superintendent", "superintendent", "Ianthe Novelo", "S504", "246814"),
    _one("Controller", "controller", "Gloria Espat", "K801", "246810"),
    _one("Visiting Justice", "visiting_justice", "Albert Parham", "V901", "246811"),
    _one("Auditor", "auditor", "Katharina Dyck", "A951", "246812"),
    _one("Administrator", "administrator", "Nigel Panton", "A001", "246813"),
)
