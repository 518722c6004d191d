"""Every permission there is: what is not in this list can be neither asked for nor granted."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """`code` is ``room.what``; the two texts say what its holder may do."""

    code: str
    en: str
    es: str

    def text(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


_LIST = (
    ("people.view", "See who a prisoner is", "Ver quién es una persona privada de libertad"),
    ("people.edit", "Record and correct who a prisoner is", "Registrar y corregir la identidad"),
    (
        "people.view_confidential",
        "See children, and what victims and informants said in confidence",
        "Ver hijos y lo dicho en confianza por víctimas e informantes",
    ),
    ("people.merge", "Join two records of one person", "Unir dos registros de una persona"),
    ("people.view_sealed", "See sealed files", "Ver expedientes sellados"),
    ("people.seal", "Seal and unseal a file by order", "Sellar y abrir un expediente por orden"),
    ("people.erase", "Erase a person's data by order", "Borrar los datos de una persona por orden"),
    (
        "facilities.view",
        "See units, cells, places and capacity",
        "Ver unidades, celdas, plazas y capacidad",
    ),
    (
        "facilities.manage",
        "Change capacity; take cells out of use and return them",
        "Cambiar la capacidad; retirar celdas del uso y devolverlas",
    ),
    (
        "biometrics.view",
        "See whether fingerprints and face were taken, and how well",
        "Ver si se tomaron huellas y rostro, y con qué calidad",
    ),
    ("biometrics.enrol", "Take fingerprints and faces", "Tomar huellas y rostros"),
    (
        "biometrics.verify",
        "Check by fingerprint who stands before the officer",
        "Comprobar por huella quién está ante el oficial",
    ),
    (
        "biometrics.examine",
        "See fingerprints and faces and decide whether two are one person's",
        "Ver huellas y rostros y decidir si dos son de una misma persona",
    ),
    (
        "biometrics.sweep",
        "Compare all fingerprints with each other",
        "Comparar todas las huellas entre sí",
    ),
    (
        "biometrics.destroy",
        "Destroy somebody's fingerprints and faces by order",
        "Destruir huellas y rostros de una persona por orden",
    ),
    ("authority.view", "See warrants and orders", "Ver mandamientos y órdenes"),
    ("authority.record", "Record warrants and orders", "Registrar mandamientos y órdenes"),
    (
        "authority.decide",
        "Act on or return a defective warrant; void or correct one",
        "Ejecutar o devolver un mandamiento defectuoso; anularlo o corregirlo",
    ),
    (
        "authority.manage_bodies",
        "Keep the telephone numbers at which courts verify orders",
        "Mantener los teléfonos con que los tribunales verifican órdenes",
    ),
    ("custody.view", "See custody episodes and the roll", "Ver episodios de custodia y la lista"),
    ("custody.receive", "Receive people at the gate", "Recibir personas en la entrada"),
    ("custody.admit", "Carry out an admission", "Realizar un ingreso"),
    ("custody.place", "Place and move people", "Ubicar y trasladar personas"),
    (
        "custody.override_placement",
        "Place someone against a rule, with a reason",
        "Ubicar a alguien contra una regla, con motivo",
    ),
    ("custody.escort", "Send out and take back escorts", "Enviar y recibir escoltas"),
    (
        "custody.record_event",
        "Record escape, death and other facts of custody",
        "Registrar fuga, muerte y otros hechos de la custodia",
    ),
    (
        "custody.correct",
        "Correct receptions, departures, deaths and discharges, or record that they never were",
        "Corregir recepciones, salidas, muertes y egresos, o anotar que nunca ocurrieron",
    ),
    (
        "courts.view",
        "See court cases, hearings, orders and sentences",
        "Ver causas, audiencias, órdenes y condenas",
    ),
    (
        "courts.record",
        "Record court cases, hearings, orders and sentences",
        "Registrar causas, audiencias, órdenes y condenas",
    ),
    (
        "courts.read_again",
        "Read a court order again, blind, as the second officer",
        "Leer de nuevo una orden, a ciegas, como segundo oficial",
    ),
    (
        "courts.settle",
        "Settle where two readings of an order differ; set an order aside",
        "Resolver diferencias entre dos lecturas de una orden; dejar una orden sin efecto",
    ),
    (
        "sentences.view",
        "See how release dates are calculated",
        "Ver cómo se calculan las fechas de salida",
    ),
    (
        "sentences.take_payment",
        "Take money for a fine and give a receipt",
        "Recibir dinero por una multa y dar recibo",
    ),
    (
        "sentences.adjust",
        "Record credit, days at large, forfeited remission and payments",
        "Anotar abonos, días de fuga, remisión perdida y pagos",
    ),
    (
        "sentences.certify",
        "Certify release dates worked out by hand",
        "Certificar fechas de salida calculadas a mano",
    ),
    (
        "sentences.countersign",
        "Countersign release dates worked out by hand, as the officer in charge",
        "Refrendar fechas de salida calculadas a mano, como oficial a cargo",
    ),
    ("law.view", "See the law of sentences", "Ver la ley de penas"),
    (
        "law.sign",
        "Record who signed a rule of the law of sentences",
        "Anotar quién firmó una regla de la ley de penas",
    ),
    (
        "law.propose",
        "Propose another law of sentences, compared person by person",
        "Proponer otra ley de penas, comparada persona por persona",
    ),
    (
        "law.put_in_force",
        "Be one of the two who put a law of sentences in force",
        "Ser una de las dos personas que ponen en vigor una ley de penas",
    ),
    ("release.view", "See discharges and what they wait for", "Ver egresos y qué esperan"),
    ("release.prepare", "Prepare a discharge", "Preparar un egreso"),
    ("release.discharge", "Discharge a prisoner", "Dar el egreso"),
    (
        "release.parole",
        "Open cases for parole and record what the board decides",
        "Abrir casos de libertad condicional y anotar lo que la junta decide",
    ),
    (
        "release.second_check",
        "Be the second officer of a discharge",
        "Ser segundo oficial de un egreso",
    ),
    ("property.view", "See prisoners' property", "Ver las pertenencias"),
    ("property.record", "Record and return property", "Registrar y devolver pertenencias"),
    ("safety.view", "See flags and keep-aparts", "Ver alertas y separaciones"),
    ("safety.record", "Record flags and keep-aparts", "Registrar alertas y separaciones"),
    (
        "safety.view_protected",
        "See which prisoners are victims or informants, and from whom they are kept apart",
        "Ver quiénes son víctimas o informantes y de quién se separan",
    ),
    ("health.view", "See health records", "Ver los registros de salud"),
    ("assurance.view", "See custody alarms", "Ver las alarmas de custodia"),
    (
        "assurance.manage",
        "Acknowledge and end custody alarms",
        "Atender y cerrar alarmas de custodia",
    ),
    (
        "assurance.sweep",
        "Raise and end custody alarms from the facts (the system itself)",
        "Abrir y cerrar alarmas de custodia según los hechos (el propio sistema)",
    ),
    (
        "assurance.export",
        "Export everybody's custody, to be proven without the system",
        "Exportar la custodia de todas las personas, para probarla sin el sistema",
    ),
    (
        "exchange.view",
        "See agencies, sharing agreements and what passes between",
        "Ver entidades, convenios de intercambio y lo que circula",
    ),
    (
        "exchange.manage",
        "Keep agencies, their keys and drafts of sharing agreements",
        "Mantener entidades, sus claves y borradores de convenios",
    ),
    (
        "exchange.sign",
        "Sign sharing agreements for the service, and put them in force",
        "Firmar convenios de intercambio por el servicio y ponerlos en vigor",
    ),
    (
        "exchange.disclosures",
        "See which agencies were told what about a prisoner",
        "Ver a qué entidades se informó qué de una persona",
    ),
    (
        "exchange.inbox",
        "Decide about orders and other messages of agencies",
        "Decidir sobre órdenes y otros mensajes de entidades",
    ),
    (
        "exchange.breaker",
        "Let held messages go or take them back; announce an amnesty",
        "Soltar o retirar mensajes retenidos; anunciar una amnistía",
    ),
    (
        "exchange.replay",
        "Send again what an agency could not receive",
        "Enviar de nuevo lo que una entidad no pudo recibir",
    ),
    ("live.view", "See the board", "Ver el tablero"),
    ("roll.export", "Print and export the roll", "Imprimir y exportar la lista"),
    (
        "visiting.sample",
        "Draw ten prisoners at random for a visit",
        "Sortear diez personas para una visita",
    ),
    ("ledger.view", "Read and verify the ledger", "Leer y verificar el libro de registro"),
    ("access.view", "See users, roles and grants", "Ver usuarios, funciones y permisos"),
    ("access.manage", "Manage users and grants", "Administrar usuarios y permisos"),
    ("documents.print", "Print official documents", "Imprimir documentos oficiales"),
    ("vault.manage", "Manage keys and recovery", "Administrar claves y recuperación"),
)

PERMISSIONS: Mapping[str, Permission] = {code: Permission(code, en, es) for code, en, es in _LIST}


def require_known(code: str) -> str:
    """The code itself; raises KeyError for one that is not in the list."""
    return PERMISSIONS[code].code
