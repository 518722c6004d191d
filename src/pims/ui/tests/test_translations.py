"""The pages speak Spanish as completely as English."""

import ast
import gettext
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from pims.ui import build, strings
from pims.ui.strings import Text

FILES = sorted((strings.LOCALE / "es").glob("*.po"))


def test_every_text_of_every_page_has_its_spanish() -> None:
    missing = {
        f"{place.room}.po lacks “{text.msgid}” ({place})"
        for text, place in strings.missing_translations()
    }
    assert sorted(missing) == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_spanish_names_the_same_values(path: Path) -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s|\{\w*\}", text))

    wrong = [
        entry.msgid
        for entry in polib.pofile(str(path))
        for said in ([entry.msgstr] if entry.msgstr else entry.msgstr_plural.values())
        if set(values(said)) - set(values(entry.msgid))
        or (entry.msgstr and values(entry.msgid) != values(said))
    ]
    assert wrong == []


def test_no_two_rooms_translate_one_text_differently() -> None:
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for path in FILES:
        for entry in polib.pofile(str(path)):
            if entry.translated() and not entry.msgid_plural:
                said.setdefault((entry.msgctxt, entry.msgid), {})[path.stem] = entry.msgstr
    assert {k[1]: v for k, v in said.items() if len(set(v.values())) > 1} == {}


def test_every_source_that_is_more_than_a_name_has_its_spanish() -> None:
    package = strings.PACKAGE
    kinds = tomllib.loads((package / "assurance/proof/kinds.toml").read_text("utf-8"))["kind"]
    sources = {one["reference"] for one in kinds}
    for path in (package / "jurisdictions").glob("*/sentences.toml"):
        for version in tomllib.loads(path.read_text("utf-8"))["version"]:
            rules = [one for one in version.values() if isinstance(one, dict)]
            sources |= {one["citation"] for one in rules}
    known = {entry.msgid for entry in polib.pofile(str(strings.LOCALE / "es/law_sources.po"))}
    named = re.compile(r"^(?:[A-Z]\w+ )+Code, art\. \d+$")
    assert {one for one in sources - known if one and not named.match(one)} == set()


# One word for one thing: what the page must not say, and what it says instead.
NOT_SAID = {
    r"funcionari": "oficial",
    r"[Dd]enuncia": "queja",
    r"\b[Pp]res[oa]s?\b": "persona",
    r"Sin condena": "Sin sentencia",
    r"[Ll]os libros": "el registro, or la lista nominal",
    r"[Ll]iberad[oa]s? por error": "egreso por error",
    r"[Ll]iberaci[oó]n por error": "egreso por error",
    r"\b([Nn]o volvió|Volvió|Vuelta a las|Vuelta del)\b": "regreso, regresó",
    r"[Ss]alida (por error|sin segunda)": "egreso",
    r"Masculino|Femenino": "Hombre, Mujer",
    r"(Sentenciad|Multad|Egresad|Condenad)o\b": "as of a person: -a",
    r"([Rr]evisi[oó]n|[Cc]ontrol) de egreso": "comprobación de egreso",
}


def spanish() -> Iterator[str]:
    """Everything that the pages, the reasons, the alarms and the law's own terms say."""
    for path in FILES:
        for entry in polib.pofile(str(path)):
            yield from [entry.msgstr, *entry.msgstr_plural.values()]
    for path in (
        *(strings.PACKAGE / "ui" / "wording").glob("*.toml"),
        strings.PACKAGE / "assurance" / "alarms.toml",
        *(strings.PACKAGE / "jurisdictions").glob("*/*.toml"),
    ):
        yield from re.findall(r'^es = "(.*)"$', path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("pattern", NOT_SAID)
def test_spanish_has_one_word_for_one_thing(pattern: str) -> None:
    assert [text for text in spanish() if re.search(pattern, text)] == [], NOT_SAID[pattern]


def test_a_sentence_that_begins_with_a_count_has_its_singular() -> None:
    # Units have none, and what waits after the count belongs to nobody's number.
    same = {"%(count)s d", "%(count)s h", "%(count)s min", "%(count)s more",
            "%(count)s not returned: an alarm is raised, the line stays open."}  # fmt: skip
    lacking = [
        entry.msgid
        for path in FILES
        for entry in polib.pofile(str(path))
        if re.match(r"%\((count|n)\)s ", entry.msgid) and not entry.msgid_plural
    ]
    assert set(lacking) <= same


def test_the_scanner_reads_templates_as_django_does() -> None:
    source = """{% trans "Plain" %}{% trans "May" context "month" as m %}
<c-x title="{% trans 'In a tag' %}" />
{% blocktrans with n=user.name %}Hello {{ n }}, 5%{% endblocktrans %}
{% blocktrans count n=n trimmed %}
  one
  alarm
{% plural %}{{ n }} alarms{% endblocktrans %}{% trans variable %}"""
    assert {text for text, _line in strings.template_texts(source)} == {
        Text("Plain"), Text("May", "month"), Text("In a tag"), Text("Hello %(n)s, 5%%"),
        Text("one alarm"),
    }  # fmt: skip


def test_the_scanner_reads_python() -> None:
    source = 'a = _("One"); b = ngettext("two", "twos", n); c = pgettext("month", "May"); d = _(x)'
    assert {text for text, _line in strings.python_texts(ast.parse(source))} == {
        Text("One"), Text("two"), Text("May", "month"),
    }  # fmt: skip


def test_the_rooms_files_become_one_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "es"
    folder.mkdir()
    shutil.copy(strings.LOCALE / "es" / "ui.po", folder)
    (folder / "a.po").write_text('msgid "Print"\nmsgstr "Otra cosa"\n\nmsgid "Own"\nmsgstr "Mío"\n')
    monkeypatch.setattr(build, "LOCALE", tmp_path)
    said: list[str] = []
    assert build.compile_translations(say=said.append)
    assert not build.compile_translations(say=said.append), "nothing changed"
    with (folder / "LC_MESSAGES" / "django.mo").open("rb") as file:
        spanish = gettext.GNUTranslations(file)
    assert spanish.gettext("Own") == "Mío"
    assert spanish.gettext("Print") == "Imprimir", "ui.po goes before the others"
    assert any("says otherwise" in line for line in said)
    assert spanish.ngettext("alarm", "alarms", 2) == "alarmas"
    assert spanish.pgettext("short month", "Jan") == "ene"
