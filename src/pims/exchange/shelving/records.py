"""The shelf's records of one person, from the facts: what each could tell, and to whom at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pims.authority.selectors import WarrantBrief
from pims.courts.selectors import HearingInfo
from pims.exchange import catalogue
from pims.exchange.shelving.facts import Facts, Names

# Flags that say something of health, of a victim or an informant, whatever else they say.
_HEALTH = frozenset({"health_alert", "pregnant", "self_harm", "disability"})
_PROTECTED = frozenset({"informant", "victim", "vulnerable"})
_HOSPITAL = frozenset({"hospital", "bed_watch"})
_NEVER_HELD = "never_held"


@dataclass(frozen=True, slots=True)
class Record:
    kind: str
    record: str
    fields: dict[str, object]
    facets: frozenset[str]
    labels: frozenset[str]
    guarded: dict[str, dict[str, object]] = field(default_factory=dict)


def records_of(facts: Facts, names: Names) -> list[Record]:
    """Every record of one person. Each carries the person's own facets and labels."""
    facets, labels = facets_of(facts, names), labels_of(facts)
    number = facts.particulars.numbers[0]

    def made(
        kind: str,
        record: str,
        fields: Mapping[str, object],
        *,
        more: Iterable[str] = (),
        labelled: Iterable[str] = (),
        guarded: Mapping[str, Mapping[str, object]] | None = None,
    ) -> Record:
        return Record(
            kind=kind,
            record=record,
            fields=told_values({"number": number, **fields}),
            facets=facets | frozenset(more),
            labels=labels | frozenset(labelled),
            guarded={label: told_values(values) for label, values in (guarded or {}).items()},
        )

    found = [
        made("person", "", _person(facts)),
        made("custody", "", _custody(facts, names), guarded=_custody_guarded(facts)),
    ]
    found += [
        made("episode", str(e.episode_id), {
            "establishment": names.establishments.get(e.establishment_id),
            "received_at": e.starts_at, "reception_kind": e.reception_kind,
            "ended_at": e.ends_at, "end_kind": e.end_kind,
        })
        for e in facts.episodes if e.end_kind != _NEVER_HELD
    ]  # fmt: skip
    found += [
        made("warrant", str(w.warrant_name_id), {
            "kind": w.kind, "body": w.body_name, "reference": w.reference, "dated": w.dated,
            "charges": w.charges, "starts_at": w.starts_at, "until": w.until,
            "next_appearance": w.next_appearance, "ended_at": w.ends_at, "end_kind": w.end_kind,
        }, more=_body(w.body_id, names))
        for w in facts.warrants
    ]  # fmt: skip
    found += [
        made("hearing", f"h{h.hearing_id}", {
            "day": h.on, "time": h.at_time and h.at_time.strftime("%H:%M"),
            "court": h.body_name, "court_code": names.bodies.get(h.body_id),
            "case_number": h.case_number, "mode": h.mode, "purpose": h.purpose,
            "outcome": h.outcome,
        }, more=(*_body(h.body_id, names), "hearing:open" if h.stands else "hearing:done"))
        for h in facts.hearings if h.cancelled_at is None
    ]  # fmt: skip
    found += [
        made("hearing", f"w{w.warrant_name_id}", {
            "day": w.next_appearance, "court": w.body_name,
            "court_code": names.bodies.get(w.body_id), "mode": "in_person",
        }, more=(*_body(w.body_id, names), "hearing:open"))
        for w in _appearances(facts.warrants, facts.hearings)
    ]  # fmt: skip
    if facts.dates is not None:
        d = facts.dates
        found.append(
            made("dates", "", {
                "status": d.status, "provisional": d.provisional, "parole_eligibility": d.ped,
                "earliest_release": d.edr, "latest_release": d.ldr, "release_day": d.release_day,
                "full_term_end": d.full_term_end, "next_review": d.next_review,
            })
        )  # fmt: skip
    found += [
        made("photograph", str(blob), {"photograph": str(blob), "kind": kind, "taken_at": at},
             more=(f"photograph:{kind}",))
        for blob, kind, at in facts.particulars.photographs
    ]  # fmt: skip
    found += [
        made("alert", str(f.flag_id), {"kind": f.kind, "since": f.starts_at},
             labelled=alert_labels(f.kind))
        for f in facts.flags
    ]  # fmt: skip
    freed = facts.where.since if facts.where and not facts.where.held else None
    found += [
        made("order", str(o.release_order_id), {
            "kind": o.kind, "body": o.body_name, "reference": o.reference,
            "received_at": o.received_at, "verified_at": o.verified_at, "state": o.state,
            "freed_at": freed if o.state == "acted_on" and freed and freed >= o.received_at
            else None,
        }, more=_of_body(names.body_codes.get(o.body_name)))
        for o in facts.orders
    ]  # fmt: skip
    return found


def facets_of(facts: Facts, names: Names) -> frozenset[str]:
    """What the person is, for the filters of agreements."""
    where, header = facts.where, facts.header
    found = {catalogue.EVERYONE, f"sex:{header.sex}"}
    found |= {f"nationality:{code}" for code in header.nationality_codes}
    if header.nationality_codes:
        found.add("foreign:no" if "BZ" in header.nationality_codes else "foreign:yes")
    if facts.made_up:
        found.add(catalogue.TEST)
    if where is None:
        return frozenset(found | {"held:never"})
    code = names.establishments.get(where.establishment_id)
    if code:
        found.add(f"establishment:{code}")
    if not where.held:
        return frozenset(found | {"held:before", f"end:{where.end_kind}"})
    found |= {"held:now", f"where:{_whereabouts(facts)}"}
    if facts.status is not None:
        found.add(f"legal:{facts.status.code}")
    return frozenset(found)


def labels_of(facts: Facts) -> frozenset[str]:
    """What an agreement must name for anything of the person to leave."""
    found = set(facts.header.labels) & set(catalogue.LABELS)
    if facts.header.is_juvenile:
        found.add("juvenile")
    if facts.particulars.sealed:
        found.add("sealed")
    if facts.made_up:
        found.add(catalogue.TEST_LABEL)
    return frozenset(found)


def alert_labels(kind: str) -> tuple[str, ...]:
    if kind in _HEALTH:
        return ("health",)
    return ("protected",) if kind in _PROTECTED else ()


def _person(facts: Facts) -> dict[str, object]:
    header, own = facts.header, facts.particulars
    given, family = (own.names[0][0], own.names[0][1]) if own.names else ("", "")
    return {
        "earlier_numbers": list(own.numbers[1:]),
        "family_name": family,
        "given_names": given,
        "other_names": [f"{g} {f}".strip() for g, f, _ in own.names[1:]],
        "sex": header.sex,
        "birth_date": header.birth_date,
        "birth_precision": header.birth_precision,
        "nationalities": list(header.nationality_codes),
        "languages": list(header.languages),
        "documents": [
            {"kind": kind, "number": number, "country": country}
            for kind, number, country in own.documents
        ],
        "height_cm": own.height_cm,
        "build": own.build,
        "hair": own.hair,
        "eyes": own.eyes,
        "marks": list(own.marks),
        "died_on": header.died_on,
    }


def _custody(facts: Facts, names: Names) -> dict[str, object]:
    where, standing, status = facts.where, facts.standing, facts.status
    if where is None:
        return {"held": False}
    establishment = names.establishments.get(where.establishment_id)
    if not where.held or standing is None:
        return {
            "held": False,
            "establishment": establishment,
            "ended_at": where.since,
            "end_kind": where.end_kind,
        }
    escort = standing.escort_kind
    return {
        "held": True,
        "establishment": establishment,
        "since": where.since,
        "admitted": standing.admitted,
        "legal_status": status.code if status and status.code != "unfit" else None,
        "whereabouts": _whereabouts(facts),
        # That it is a hospital is health: it stands apart, under its label.
        "out_to": "other" if escort in _HOSPITAL else escort,
        "expected_back": standing.escort_expected_back_at,
        "at_large_since": standing.at_large_since,
        "next_appearance": status.next_appearance if status else None,
        "valid_until": status.valid_until if status else None,
        "unit": facts.unit.name if facts.unit and facts.unit.kind != "medical" else None,
    }


def _custody_guarded(facts: Facts) -> dict[str, dict[str, object]]:
    standing = facts.standing
    if facts.where is None or not facts.where.held or standing is None:
        return {}
    found: dict[str, object] = {}
    if standing.escort_kind in _HOSPITAL:
        found["out_to_hospital"] = True
    if facts.status is not None and facts.status.code == "unfit":
        found["unfit"] = True
    if facts.unit is not None and facts.unit.kind == "medical":
        found["medical_unit"] = True
    return {"health": found} if found else {}


def _whereabouts(facts: Facts) -> str:
    standing = facts.standing
    if standing is not None and standing.at_large_since is not None:
        return "at_large"
    return "out" if standing is not None and standing.escort_id is not None else "in"


def _appearances(
    warrants: Iterable[WarrantBrief], hearings: Iterable[HearingInfo]
) -> list[WarrantBrief]:
    """The days that papers name and no hearing stands for: nobody is missed on a list."""
    known = {(h.body_id, h.on) for h in hearings if h.cancelled_at is None}
    return [
        w
        for w in warrants
        if w.next_appearance is not None
        and w.ends_at is None
        and (w.body_id, w.next_appearance) not in known
    ]


def _body(body_id: int, names: Names) -> tuple[str, ...]:
    return _of_body(names.bodies.get(body_id))


def _of_body(code: str | None) -> tuple[str, ...]:
    return (f"body:{code}",) if code else ()


def told_values(values: Mapping[str, object]) -> dict[str, object]:
    """As JSON has it; what there is not is left out, so that no field says that it is empty."""
    return {name: _json(value) for name, value in values.items() if value not in (None, "", [])}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
