"""Which words the product shows and which of them still lack their Spanish or their wording.

``python -m pims.ui.strings`` lists what is missing, room by room, with a skeleton to fill in.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template.base import Lexer, TokenType
from django.utils.translation import trim_whitespace

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = Path(__file__).resolve().parent / "locale"
_PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_BLOCK_ENDS = {"plural", "endblocktrans", "endblocktranslate"}


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A text to translate; `context` tells two meanings of one word apart."""

    msgid: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: a path below the package, and a line."""

    path: Path
    line: int

    @property
    def room(self) -> str:
        parts = self.path.relative_to(PACKAGE).parts
        return parts[1] if parts[0] == "foundation" and len(parts) > 2 else parts[0]

    def __str__(self) -> str:
        return f"{self.path.relative_to(PACKAGE)}:{self.line}"


def texts(package: Path = PACKAGE) -> Iterator[tuple[Text, Place]]:
    """Every text to translate in the templates and the Python of the package, tests apart."""
    for path in sorted(package.rglob("*.html")):
        if "tests" not in path.parts:
            for text, line in template_texts(path.read_text(encoding="utf-8")):
                yield text, Place(path, line)
    for path in _modules(package):
        for text, line in python_texts(ast.parse(path.read_text(encoding="utf-8"))):
            yield text, Place(path, line)


def reason_codes(package: Path = PACKAGE) -> Iterator[tuple[str, Place]]:
    """Every code that is given to ``Reason("…")``, and every code of an expected error."""
    for path in _modules(package):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            code = code_of(node)
            if code is not None:
                yield code, Place(path, node.lineno)  # type: ignore[attr-defined]


def template_texts(source: str) -> Iterator[tuple[Text, int]]:
    """The texts of ``{% trans %}`` and ``{% blocktrans %}`` in one template."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type is not TokenType.BLOCK:
            continue
        parts = token.split_contents()
        if parts[0] in ("trans", "translate") and parts[1][0] in "\"'":
            context = parts[parts.index("context") + 1][1:-1] if "context" in parts else ""
            yield Text(parts[1][1:-1], context), token.lineno or 0
        elif parts[0] in ("blocktrans", "blocktranslate"):
            said: list[str] = []
            trimmed = "trimmed" in parts
            for inner in tokens:
                if inner.token_type is TokenType.BLOCK:
                    name = inner.split_contents()[0]
                    if name not in _BLOCK_ENDS:
                        raise ValueError(f"blocktrans at line {token.lineno} holds a tag")
                    msgid = "".join(said)
                    yield Text(trim_whitespace(msgid) if trimmed else msgid), token.lineno or 0
                    break
                elif inner.token_type is TokenType.VAR:
                    said.append(f"%({inner.contents})s")
                elif inner.token_type is TokenType.TEXT:
                    said.append(inner.contents.replace("%", "%%"))


def python_texts(tree: ast.AST) -> Iterator[tuple[Text, int]]:
    """The literal texts given to gettext in one module."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        literal = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
        words = [value for value in literal if isinstance(value, str)]
        if name in _CONTEXT and len(words) == 2:
            yield Text(words[1], words[0]), node.lineno
        elif name in _PLAIN | _PLURAL and words:
            yield Text(words[0]), node.lineno


_ERRORS = {
    "PimsError", "Refused", "NotPermitted", "NotFound", "InvalidInput", "Stale", "CommandReused",
}  # fmt: skip


def code_of(node: ast.AST) -> str | None:
    """The code that a node gives words to: ``Reason("…")``, or an expected error's `code`."""
    if isinstance(node, ast.ClassDef):
        if {getattr(base, "id", "") for base in node.bases} & _ERRORS:
            for line in node.body:
                if (
                    isinstance(line, ast.Assign)
                    and getattr(line.targets[0], "id", "") == "code"
                    and isinstance(line.value, ast.Constant)
                ):
                    return str(line.value.value)
        return None
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
        given = node.args[0] if node.args else None
        for keyword in node.keywords:
            if keyword.arg == "code":
                given = keyword.value
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            return given.value
    return None


def _modules(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield path


def missing_translations(language: str = "es") -> list[tuple[Text, Place]]:
    """The texts that no ``.po`` file of the language translates, nor Django itself."""
    import polib

    known: set[Text] = set()
    for path in sorted((LOCALE / language).glob("*.po")):
        for entry in polib.pofile(str(path)):
            if entry.translated():
                known.add(Text(entry.msgid, entry.msgctxt or ""))
    return [(text, place) for text, place in texts() if text.msgid and text not in known]


def missing_wording() -> list[tuple[str, str, Place]]:
    """Code, language and place of each reason that has no words in that language."""
    from pims.ui.wording import LANGUAGES, catalogue

    words = catalogue()
    return [
        (code, language, place)
        for code, place in reason_codes()
        for language in LANGUAGES
        if not words.get(code, {}).get(language)
    ]


def main(say: Callable[[str], None] = print) -> int:
    rooms: dict[str, dict[Text, Place]] = {}
    for text, place in missing_translations():
        rooms.setdefault(place.room, {}).setdefault(text, place)
    for room, found in sorted(rooms.items()):
        say(f"# {room}.po lacks {len(found)}")
        for text, place in sorted(found.items()):
            quoted = text.msgid.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            context = f'msgctxt "{text.context}"\n' if text.context else ""
            say(f'#: {place}\n{context}msgid "{quoted}"\nmsgstr ""\n')
    lacking = missing_wording()
    for code, language, place in lacking:
        say(f'["{code}"] lacks {language} ({place})')
    return 1 if rooms or lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
