"""Codes of the people room in words for the reader."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.people.countries import COUNTRIES
from pims.people.languages import LANGUAGES

Words = Mapping[str, str | Promise]

SEX: Words = {
    "male": _("Male"),
    "female": _("Female"),
    "intersex": _("Intersex"),
    "unknown": _("Not known"),
}
GENDER: Words = {
    "man": _("Man"),
    "woman": _("Woman"),
    "other": _("Other"),
    "not_stated": _("Not stated"),
}
PRECISION: Words = {
    "day": _("The day is known"),
    "month": _("Only month and year"),
    "year": _("Only the year"),
    "estimated": _("Estimated"),
    "unknown": _("Not known"),
}
NAME: Words = {
    "birth": _("Name at birth"),
    "married": _("Married name"),
    "alias": _("Alias"),
    "street": _("Street name"),
    "as_in_warrant": _("As in a warrant"),
}
IDENTIFIER: Words = {
    "social_security": _("Social security card"),
    "passport": _("Passport"),
    "voter": _("Voter card"),
    "driver": _("Driver's licence"),
    "birth_certificate": _("Birth certificate"),
    "residence": _("Residence permit"),
    "refugee": _("Refugee card"),
    "police": _("Police number"),
    "old_prison": _("Number in the paper registers"),
    "other": _("Other document"),
}
CONTACT: Words = {
    "next_of_kin": _("Next of kin"),
    "emergency": _("Emergency contact"),
    "lawyer": _("Lawyer"),
    "no_lawyer": _("Declined a lawyer"),
    "other": _("Other contact"),
}
LAWYER: Words = {
    "has": _("Has a lawyer"),
    "declines": _("Declines one"),
}
CONSULAR: Words = {
    "wants": _("Wants the consulate told"),
    "refuses": _("Refuses"),
    "no_consulate": _("There is no consulate"),
    "asylum": _("Seeks asylum"),
    "not_answered": _("Has not answered"),
}
MARK: Words = {
    "tattoo": _("Tattoo"),
    "scar": _("Scar"),
    "birthmark": _("Birthmark"),
    "amputation": _("Amputation"),
    "other": _("Other mark"),
}
SIDE: Words = {
    "": _("Neither side"),
    "left": _("Left"),
    "right": _("Right"),
    "both": _("Both sides"),
}
PHOTOGRAPH: Words = {"front": _("Front"), "profile": _("Profile"), "mark": _("A mark")}
AGE: Words = {"adult": _("Adult"), "juvenile": _("Juvenile"), "": _("Not decided")}
FOUND: Words = {
    "number": _("By number"),
    "number_near": _("Number is near"),
    "document": _("By document"),
    "reference": _("By a court's reference"),
    "name": _("By name"),
    "sound": _("Sounds alike"),
    "alias": _("By alias"),
    "street": _("By street name"),
    "married": _("By married name"),
    "as_in_warrant": _("By a name in a warrant"),
}
NEAR: Words = {
    "same_document": _("Same document"),
    "same_name": _("Same name"),
    "name_sounds_alike": _("Name sounds alike"),
    "name_is_near": _("Name is near"),
    "same_birth_date": _("Born on the same day"),
    "birth_day_and_month_swapped": _("Day and month of birth swapped"),
    "same_birth_year": _("Born in the same year"),
    "birth_year_near": _("Year of birth is near"),
    "other_birth": _("Another birth"),
    "other_sex": _("Another sex"),
    "same_nationality": _("Same nationality"),
    "officer_says": _("An officer thinks so"),
    "fingerprints": _("The fingerprints are the same"),
}
STATE: Words = {
    "open": _("To be decided"),
    "same": _("The same person"),
    "different": _("Two persons"),
    "unsure": _("Nobody can tell"),
}
PART: Words = {
    "identifier": _("document"),
    "address": _("address"),
    "contact": _("contact"),
    "child": _("child"),
    "mark": _("mark"),
    "photograph": _("photograph"),
    "consular_notice": _("consular notice"),
    "description": _("description"),
    "infant": _("baby"),
    "name": _("name"),
}
# The countries that people here come from; any other is shown by its code.
COUNTRY: Words = {
    "BZ": _("Belize"),
    "GT": _("Guatemala"),
    "HN": _("Honduras"),
    "SV": _("El Salvador"),
    "MX": _("Mexico"),
    "NI": _("Nicaragua"),
    "CR": _("Costa Rica"),
    "PA": _("Panama"),
    "CO": _("Colombia"),
    "VE": _("Venezuela"),
    "CU": _("Cuba"),
    "HT": _("Haiti"),
    "DO": _("Dominican Republic"),
    "JM": _("Jamaica"),
    "TT": _("Trinidad and Tobago"),
    "GY": _("Guyana"),
    "BS": _("Bahamas"),
    "BB": _("Barbados"),
    "US": _("United States"),
    "CA": _("Canada"),
    "GB": _("United Kingdom"),
    "IE": _("Ireland"),
    "DE": _("Germany"),
    "FR": _("France"),
    "NL": _("Netherlands"),
    "ES": _("Spain"),
    "IT": _("Italy"),
    "RU": _("Russia"),
    "UA": _("Ukraine"),
    "IN": _("India"),
    "PK": _("Pakistan"),
    "BD": _("Bangladesh"),
    "LK": _("Sri Lanka"),
    "NP": _("Nepal"),
    "CN": _("China"),
    "TW": _("Taiwan"),
    "HK": _("Hong Kong"),
    "VN": _("Viet Nam"),
    "PH": _("Philippines"),
    "LB": _("Lebanon"),
    "SY": _("Syria"),
    "IL": _("Israel"),
    "TR": _("Türkiye"),
    "NG": _("Nigeria"),
    "GH": _("Ghana"),
    "CM": _("Cameroon"),
    "BR": _("Brazil"),
    "PE": _("Peru"),
    "EC": _("Ecuador"),
    "AR": _("Argentina"),
    "CL": _("Chile"),
    "AU": _("Australia"),
    "XX": _("Stateless"),
    "ZZ": _("Not known"),
}

TABLES: Mapping[str, Words] = {
    "sex": SEX,
    "gender": GENDER,
    "precision": PRECISION,
    "name": NAME,
    "identifier": IDENTIFIER,
    "contact": CONTACT,
    "consular": CONSULAR,
    "mark": MARK,
    "side": SIDE,
    "photograph": PHOTOGRAPH,
    "age": AGE,
    "found": FOUND,
    "near": NEAR,
    "state": STATE,
    "part": PART,
    "country": COUNTRY,
    "language": LANGUAGES,
}


def word(table: str, code: str) -> str | Promise:
    """The words for a code; the code itself where the table has none."""
    return TABLES[table].get(code, code)


def country_choices() -> list[tuple[str, str | Promise]]:
    """Named countries first, then the others by code."""
    return [*COUNTRY.items(), *((code, code) for code in sorted(COUNTRIES - COUNTRY.keys()))]
