"""Which law is in force here, which of its rules are signed, and laws that are only asked about."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from pims.courts.law import answers
from pims.jurisdictions.here import HERE
from pims.jurisdictions.sentence_law import (
    Law,
    LawText,
    Rule,
    holidays_text,
    law_from,
    law_of,
    laws,
    sentence_law,
    shipped_text,
)
from pims.kernel.errors import Refused
from pims.kernel.reasons import Reason
from pims.sentences.models import LawInForce, RuleSignature
from pims.sentences.models import LawText as KeptText

MOST_BYTES = 2**20


_KEPT: dict[str, Law] = {}


@answers
def law_in_force() -> Law:
    """The law that was put in force here, whatever the files of this version say.

    Before the first calculation there is none yet, and the files are what will be. One query.
    """
    found = LawInForce.objects.filter(law=HERE, ended_at=None)
    said = found.values_list("text__fingerprint", flat=True).first()
    return sentence_law(HERE) if said is None else law_kept(said)


def law_kept(said: str) -> Law:
    """The law of a kept text by its fingerprint."""
    if said not in _KEPT:
        row = KeptText.objects.get(law=HERE, fingerprint=said)
        _KEPT[said] = law_from(LawText(row.rules, row.holidays))
    return _KEPT[said]


def text_shipped() -> LawText:
    """The law as the files of this version have it."""
    return shipped_text(HERE)


def text_fingerprint(text: LawText) -> str:
    return _digest(f"{text.rules}\0{text.holidays}".encode())


def says_the_same(one: LawText, other: LawText) -> bool:
    """Whether two texts are one law, remarks in their files apart."""
    return _said(one) == _said(other)


def _said(text: LawText) -> object:
    return tomllib.loads(text.rules), tomllib.loads(text.holidays)


def signed_rules(law: Law) -> frozenset[str]:
    """The codes of its rules that are signed as they stand. One query."""
    rules = {rule.code: rule.fingerprint for rule in rules_of(law)}
    rows = RuleSignature.objects.filter(law=law.code, withdrawn_at=None)
    return frozenset(
        code
        for code, fingerprint in rows.values_list("rule_code", "fingerprint")
        if rules.get(code) == fingerprint
    )


def rules_of(law: Law) -> list[Rule]:
    return [rule for version in law.versions for rule in version.rules.values()]


def rule_named(law: Law, code: str) -> tuple[str, Rule] | None:
    """The version's name and the rule; None where the law has no such rule."""
    for version in law.versions:
        for rule in version.rules.values():
            if rule.code == code:
                return version.version, rule
    return None


def law_asked_for(text: str) -> Law:
    """A law by its name (``belize``), one version of it alone (``belize-2017``), or a TOML file.

    That of here is the one in force, whatever the files of this version say. Raises Refused where
    there is none such, or the file holds no law.
    """
    if text == HERE:
        return law_in_force()
    if text in laws():
        return sentence_law(text)
    if text.endswith(".toml"):
        return _from_file(Path(text))
    for name in laws():
        law = sentence_law(name)
        for version in law.versions:
            if version.version == text:
                alone = replace(version, begins=None, ends=None)
                return replace(law, versions=(alone,))
    known: Mapping[str, object] = {"law": text[:80], "laws": ", ".join(law_names())}
    raise Refused(Reason("sentences.no_such_law", known))


def law_names() -> list[str]:
    """The laws that there are, and the versions of each that has more than one."""
    found = []
    for name in laws():
        versions = sentence_law(name).versions
        found += [name, *(v.version for v in versions if len(versions) > 1)]
    return found


def law_written(content: bytes) -> Law:
    """The law of a TOML document. Raises Refused where it holds none."""
    try:
        return law_of(tomllib.loads(content.decode("utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise Refused(Reason("sentences.no_law_in_file", {"what": str(error)[:200]})) from error


def _from_file(path: Path) -> Law:
    try:
        with path.open("rb") as source:
            return law_written(source.read(MOST_BYTES))
    except OSError as error:
        what = error.strerror or "?"
        raise Refused(Reason("sentences.no_law_in_file", {"what": what})) from error


def fingerprint(law: Law) -> str:
    """Changes with anything in the law, and with the engine that reads it."""
    spans = [(v.version, v.begins, v.ends) for v in law.versions]
    rules = [(rule.code, rule.fingerprint) for rule in rules_of(law)]
    holidays = _digest(holidays_text(law))
    return _digest(repr((law.code, law.by, spans, rules, holidays, _engine())).encode())


@cache
def _engine() -> str:
    """Of the engine's own text: an engine that was mended works everything out anew."""
    room = files("pims.sentences")
    parts = [one for one in (room / "engine").iterdir() if one.name.endswith(".py")]
    parts += [room / f"{name}.py" for name in ("assembling", "keeping", "shared_amounts")]
    return _digest(b"\0".join(p.read_bytes() for p in sorted(parts, key=lambda one: one.name)))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
