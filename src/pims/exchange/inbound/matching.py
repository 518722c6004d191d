"""Whom a message is about: what it says is looked for on record, and `rules.matching` decides."""

from collections.abc import Iterable

from pims.exchange.inbound import fingers
from pims.exchange.inbound.kinds.parts import Subject
from pims.exchange.models import LookupKey
from pims.exchange.rules import matching as rules
from pims.exchange.shelving import lookup_keys
from pims.exchange.shelving.facts import made_up_roots
from pims.foundation.access.selectors import system_actor
from pims.kernel.decisions import Reason, refuse
from pims.kernel.numbers import parse_prisoner_number
from pims.people import selectors as people
from pims.people.services import NameInput


def match_subject(subject: Subject, *, sandbox: bool = False) -> rules.Match:
    """Who is meant. An agency that only tries things out finds test prisoners alone: nobody real is
    moved by what it sends. Nobody else finds one."""
    hints, wrong = _hints(subject)
    made_up = made_up_roots({hint.person_id for hint in hints})
    hints = [hint for hint in hints if (hint.person_id in made_up) == sandbox]
    if sandbox and not hints:
        return rules.Match(None, "", ("sandbox",), ())
    held = [
        rules.Held(
            person_id,
            _answers(person_id, subject),
            *people.born_between([person_id]).get(person_id, (None, None)),
        )
        for person_id in dict.fromkeys(hint.person_id for hint in hints)
    ]
    found = rules.match(hints, held, born=subject.birth_date)
    if not wrong:
        return found
    return rules.Match(found.person_id, found.how, (*found.doubts, *wrong), found.candidates)


def require_own(person_id: int, *, sandbox: bool) -> None:
    """Raise Refused where what only tries things out would be about somebody real, or what is
    meant about a test prisoner: an officer says who it is, and not of which sort."""
    made_up = bool(made_up_roots({people.canonical_id(person_id)}))
    if made_up != sandbox:
        code = "sandbox_of_test_prisoners" if sandbox else "test_prisoner_of_sandboxes"
        refuse(Reason(f"exchange.{code}")).require()


def _hints(subject: Subject) -> tuple[list[rules.Hint], tuple[str, ...]]:
    """Everything that points at somebody, and what could not be looked for."""
    wrong: list[str] = []
    found: list[tuple[str, int, float]] = []
    if subject.number:
        number = parse_prisoner_number(subject.number)
        ids = people.ids_of_numbers([number]).values() if number else ()
        found += [(rules.NUMBER, person_id, 1.0) for person_id in ids]
        if not number:
            wrong.append("number_malformed")
        elif not ids:
            wrong.append("number_unknown")
    found += [(rules.DOCUMENT, person_id, 1.0) for person_id in _by_documents(subject)]
    if subject.fingers:
        scores, why = fingers.whose(subject.fingers)
        best = max(scores.values(), default=0.0) or 1.0
        found += [(rules.FINGERPRINT, one, score / best) for one, score in scores.items()]
        wrong += [why] if why else []
    if subject.full_name:
        found += [(rules.NAME, one, score) for one, score in _by_name(subject)]
    roots = people.ids_canonical(person_id for _, person_id, _ in found)
    return [
        rules.Hint(how, roots[person_id], score)
        for how, person_id, score in found
        if person_id in roots
    ], tuple(wrong)


def _by_documents(subject: Subject) -> Iterable[int]:
    keys = [lookup_keys.document_key(one.kind, one.number) for one in subject.documents]
    rows = LookupKey.objects.filter(kind=lookup_keys.DOCUMENT, key__in=keys)
    return rows.values_list("person_id", flat=True) if keys else ()


def _by_name(subject: Subject) -> Iterable[tuple[int, float]]:
    near = people.near_persons(
        system_actor(),
        names=[NameInput(given=subject.given_names, family=subject.family_name)],
        birth_date=subject.birth_date,
        sex=subject.sex,
        documents=[(one.kind, one.number) for one in subject.documents],
        limit=rules.MOST_CANDIDATES,
    )
    return [(one.other.person_id, one.score / 100) for one in near]


def _answers(person_id: int, subject: Subject) -> bool:
    names = [subject.full_name, *subject.other_names]
    return any(people.answers_to(person_id, name) for name in names if name) or not any(names)
