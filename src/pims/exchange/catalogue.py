"""Everything that an agreement can name: purposes, tables with their fields, lookups, events.

What is not in this list can be neither agreed nor sent. A field that is added here is sent to
nobody until an agreement that lists it is signed. `label` marks what leaves only where the
agreement names the label too. `niem` is the name in NIEM 6 that a message gives the field; where it
has none of its own, it is one of ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pims.kernel.reasons import Reason

ORDINARY = "ordinary"
# What must be named in an agreement for anything that carries it to leave.
LABELS = ("juvenile", "health", "protected", "sealed")
STATISTIC = "statistic"


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is text, code, date, instant, flag, count, texts (a list) or object."""

    name: str
    kind: str
    en: str
    es: str
    niem: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of record. `aggregate` holds numbers and no person."""

    name: str
    en: str
    es: str
    fields: tuple[Field, ...]
    aggregate: bool = False

    @property
    def field_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.fields)


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its words in both languages."""

    code: str
    en: str
    es: str


_F = Field

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "person", "Who the prisoner is", "Quién es la persona", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("earlier_numbers", "texts", "Numbers joined to it", "Números unidos"),
                _F("family_name", "text", "Family name", "Apellido", "nc:PersonSurName"),
                _F("given_names", "text", "Given names", "Nombres", "nc:PersonGivenName"),
                _F("other_names", "texts", "Other names", "Otros nombres", "nc:PersonFullName"),
                _F("sex", "code", "Sex", "Sexo", "nc:PersonSexText"),
                _F("birth_date", "date", "Date of birth", "Fecha de nacimiento",
                   "nc:PersonBirthDate"),
                _F("birth_precision", "code", "How exact that is", "Precisión de esa fecha"),
                _F("nationalities", "texts", "Nationalities", "Nacionalidades"),
                _F("languages", "texts", "Languages", "Idiomas"),
                _F("documents", "object", "Identity documents", "Documentos de identidad",
                   "nc:PersonOtherIdentification"),
                _F("height_cm", "count", "Height in cm", "Estatura en cm",
                   "nc:PersonHeightMeasure"),
                _F("build", "text", "Build", "Complexión"),
                _F("hair", "text", "Hair", "Cabello", "nc:PersonHairColorText"),
                _F("eyes", "text", "Eyes", "Ojos", "nc:PersonEyeColorText"),
                _F("marks", "texts", "Marks and tattoos", "Marcas y tatuajes",
                   "nc:PhysicalFeatureDescriptionText"),
                _F("died_on", "date", "Day of death", "Día de la muerte"),
            ),
        ),
        Table(
            "custody", "Custody now", "Custodia actual", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("held", "flag", "Whether in custody", "Si está en custodia",
                   "nc:SupervisionCustodyStatus"),
                _F("establishment", "code", "Where", "Dónde", "nc:SupervisionFacility"),
                _F("since", "instant", "Since when", "Desde cuándo"),
                _F("admitted", "flag", "Whether admitted in full", "Si terminó el ingreso"),
                _F("legal_status", "code", "Legal status", "Situación legal"),
                _F("unfit", "flag", "Found unfit to plead", "Declarada inimputable",
                   label="health"),
                _F("whereabouts", "code", "Inside, out or at large", "Dentro, fuera o prófugo"),
                _F("out_to", "code", "Out for what", "Motivo de la salida"),
                _F("out_to_hospital", "flag", "Out to a hospital", "Fuera en un hospital",
                   label="health"),
                _F("expected_back", "instant", "Expected back", "Regreso previsto"),
                _F("at_large_since", "instant", "At large since", "Prófugo desde"),
                _F("next_appearance", "date", "Next appearance in court",
                   "Próxima comparecencia"),
                _F("valid_until", "instant", "Authority holds until", "La orden vale hasta"),
                _F("ended_at", "instant", "Custody ended", "Fin de la custodia"),
                _F("end_kind", "code", "How it ended", "Cómo terminó"),
                _F("unit", "text", "Unit", "Unidad"),
                _F("medical_unit", "flag", "In a medical unit", "En una unidad médica",
                   label="health"),
            ),
        ),
        Table(
            "episode", "Custody history", "Historial de custodia", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("establishment", "code", "Where", "Dónde", "nc:SupervisionFacility"),
                _F("received_at", "instant", "Received", "Recibido"),
                _F("reception_kind", "code", "From where", "De dónde"),
                _F("ended_at", "instant", "Ended", "Terminó"),
                _F("end_kind", "code", "How it ended", "Cómo terminó"),
            ),
        ),
        Table(
            "warrant", "Warrants", "Mandamientos", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("kind", "code", "Kind", "Clase"),
                _F("body", "text", "Issued by", "Emitido por", "j:CourtName"),
                _F("reference", "text", "Reference", "Referencia", "nc:ActivityIdentification"),
                _F("dated", "date", "Dated", "Fecha"),
                _F("charges", "text", "Charges as written", "Cargos como están escritos"),
                _F("starts_at", "instant", "Detains from", "Detiene desde"),
                _F("until", "date", "Until", "Hasta"),
                _F("next_appearance", "date", "Next appearance", "Próxima comparecencia"),
                _F("ended_at", "instant", "Ceased to detain", "Dejó de detener"),
                _F("end_kind", "code", "How it ceased", "Cómo cesó"),
            ),
        ),
        Table(
            "hearing", "Hearings", "Audiencias", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("day", "date", "Day", "Día", "nc:ActivityDate"),
                _F("time", "text", "Hour", "Hora"),
                _F("court", "text", "Court", "Tribunal", "j:CourtName"),
                _F("court_code", "code", "Court's code", "Código del tribunal"),
                _F("case_number", "text", "Case", "Causa", "nc:CaseDocketID"),
                _F("mode", "code", "In person or by video", "Presencial o por video"),
                _F("purpose", "text", "Purpose", "Objeto"),
                _F("outcome", "code", "Outcome", "Resultado"),
            ),
        ),
        Table(
            "dates", "Release dates", "Fechas de salida", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("status", "code", "How worked out", "Cómo se calcularon"),
                _F("provisional", "flag", "Provisional", "Provisional"),
                _F("parole_eligibility", "date", "Parole eligibility", "Elegible para libertad",
                   "j:IncarcerationParoleEligibilityDate"),
                _F("earliest_release", "date", "Earliest release", "Salida más temprana",
                   "j:IncarcerationProjectedReleaseDate"),
                _F("latest_release", "date", "Latest release", "Salida más tardía"),
                _F("release_day", "date", "Day the gate opens", "Día de salida",
                   "j:SupervisionReleaseDate"),
                _F("full_term_end", "date", "End of the full term", "Fin de la pena completa"),
                _F("next_review", "date", "Next review", "Próxima revisión"),
            ),
        ),
        Table(
            "photograph", "Photographs", "Fotografías", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("photograph", "text", "The picture", "La imagen"),
                _F("kind", "code", "Kind", "Clase"),
                _F("taken_at", "instant", "Taken", "Tomada"),
            ),
        ),
        Table(
            "alert", "Alerts", "Alertas", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("kind", "code", "Kind", "Clase"),
                _F("since", "instant", "Since", "Desde"),
            ),
        ),
        Table(
            "order", "Release orders and their clock", "Órdenes de libertad y su reloj", (
                _F("number", "text", "Prisoner number", "Número", "j:SubjectIdentification"),
                _F("kind", "code", "Kind", "Clase"),
                _F("body", "text", "Made by", "Dictada por", "j:CourtName"),
                _F("reference", "text", "Reference", "Referencia", "nc:ActivityIdentification"),
                _F("received_at", "instant", "Received", "Recibida"),
                _F("verified_at", "instant", "Verified", "Verificada"),
                _F("state", "code", "State", "Estado"),
                _F("freed_at", "instant", "Freed", "En libertad"),
            ),
        ),
        Table(
            STATISTIC, "Tables of numbers", "Tablas de números", (
                _F("indicator", "code", "Indicator", "Indicador"),
                _F("period", "date", "Period", "Período"),
                _F("dimensions", "object", "Dimensions", "Dimensiones"),
                _F("count", "count", "Number", "Número"),
                _F("suppressed", "flag", "Left out", "Omitido"),
            ),
            aggregate=True,
        ),
    )
}  # fmt: skip

PURPOSES: Mapping[str, Named] = {
    one.code: one
    for one in (
        Named("custody_enquiry", "To know whether somebody is in custody",
              "Saber si alguien está en custodia"),
        Named("investigation", "To investigate an offence", "Investigar un delito"),
        Named("public_safety", "To warn of escapes and releases",
              "Avisar de fugas y excarcelaciones"),
        Named("court_production", "To produce prisoners in court",
              "Presentar personas ante el tribunal"),
        Named("sentence_administration", "To administer sentences", "Administrar las penas"),
        Named("prosecution", "To prosecute", "Ejercer la acción penal"),
        Named("immigration_control", "To control immigration", "Controlar la inmigración"),
        Named("parole", "To decide about parole", "Decidir sobre la libertad condicional"),
        Named("social_work", "To care for families and children",
              "Atender a familias y niños"),
        Named("forensic_identification", "To identify by forensic means",
              "Identificar por medios forenses"),
        Named("oversight", "To check the contract and court orders",
              "Fiscalizar el contrato y las órdenes"),
        Named("statistics", "To publish statistics", "Publicar estadísticas"),
        Named("sandbox", "To try it out with test prisoners",
              "Probar con personas ficticias"),
    )
}  # fmt: skip

LOOKUPS: Mapping[str, Named] = {
    one.code: one
    for one in (
        Named("number", "By prisoner number", "Por número"),
        Named("name_birth", "By name and date of birth", "Por nombre y fecha de nacimiento"),
        Named("document", "By identity document", "Por documento de identidad"),
        Named("fingerprint", "By fingerprint", "Por huella dactilar"),
        Named("list", "By a list of numbers", "Por una lista de números"),
    )
}

EVENTS: Mapping[str, Named] = {
    one.code: one
    for one in (
        Named("admitted", "Admitted", "Ingresó"),
        Named("released", "Released", "Salió en libertad"),
        Named("released_in_error", "Released in error", "Salió por error"),
        Named("returned", "Returned", "Regresó"),
        Named("escaped", "Escaped", "Se fugó"),
        Named("recaptured", "Recaptured", "Fue recapturada"),
        Named("died", "Died", "Murió"),
        Named("absent", "Did not come back from an escort", "No volvió de una salida"),
        Named("transferred", "Transferred", "Fue trasladada"),
        Named("order_recorded", "A court's order was recorded", "Se registró una orden"),
        Named("dates_changed", "Release dates changed", "Cambiaron las fechas de salida"),
        Named("identity_merged", "Two records became one", "Dos registros se unieron"),
        Named("identity_unmerged", "One record became two", "Un registro se separó"),
        Named("hearing_missed", "A hearing was missed", "Faltó a una audiencia"),
    )
}
# Sent to everybody who is sent anything at all: they name no prisoner, or take back what did.
ALWAYS_SENT = ("retraction", "heartbeat")
SHAPES = ("thin", "fat")

FACETS: Mapping[str, tuple[str, str]] = {
    "everyone": ("Everybody", "Todas las personas"),
    "held": ("In custody", "En custodia"),
    "where": ("Whereabouts", "Paradero"),
    "establishment": ("Establishment", "Establecimiento"),
    "legal": ("Legal status", "Situación legal"),
    "sex": ("Sex", "Sexo"),
    "foreign": ("Foreign national", "Extranjera"),
    "nationality": ("Nationality", "Nacionalidad"),
    "body": ("Court or authority", "Tribunal o autoridad"),
    "end": ("How custody ended", "Cómo terminó la custodia"),
    "hearing": ("Hearing", "Audiencia"),
    "photograph": ("Photograph", "Fotografía"),
    "indicator": ("Indicator", "Indicador"),
    "test": ("Test prisoner", "Persona ficticia"),
}
EVERYONE = "everyone:yes"
# What carries the record of somebody who does not exist. No agreement can name the label; it is
# added, with a filter for the facet, to the terms of an agency that only tries things out.
TEST, TEST_LABEL = "test:yes", "test"


def fields_of(tables: Iterable[str]) -> frozenset[str]:
    """Every field of these tables as ``table.field``."""
    return frozenset(f"{t}.{f.name}" for t in tables if t in TABLES for f in TABLES[t].fields)


def unknown_table(table: str) -> Reason:
    return Reason("exchange.unknown_table", {"table": table})
