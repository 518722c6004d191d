"""The types and names of `pims_client`, made from what the agencies' interface says of itself.

`python tools/make_client_models.py` writes `models.py` and `names.py` of `src/pims_client` anew;
with `--check` it says whether they are as they would be written (exit 1 where they are not).
"""

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
CLIENT = HERE / "src" / "pims_client"
HEAD = '''"""The shapes of answers, made from what the interface says of itself; not by hand.

Members that an agreement does not list, and those that are not known, are absent.
"""

from typing import Any, Literal, NotRequired, TypedDict
'''
NAMES_HEAD = '''"""What records in events are made of, by table: from the catalogue, not by hand."""

from collections.abc import Mapping

'''
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
# Questions are arguments of the methods.
_LEFT_OUT = ("By", "Body_", "FormParams")


def documents() -> list[dict[str, Any]]:
    """The descriptions of both interfaces, OpenAPI 3.1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.agency_settings")
    os.environ.setdefault("PIMS_DB_ROLE", "agency")
    import django

    django.setup()
    from pims.exchange.api import observatory_urls, urls

    return [
        dict(module.api.get_openapi_schema(path_prefix="/v1/"))
        for module in (urls, observatory_urls)
    ]


def written(found: list[dict[str, Any]]) -> str:
    """The module, unformatted."""
    shapes: dict[str, Mapping[str, Any]] = {}
    for document in found:
        shapes |= document["components"]["schemas"]
    lines = [HEAD]
    for name, shape in sorted(shapes.items()):
        asked = name.startswith(_LEFT_OUT) or name == "Acknowledge"
        if shape.get("type") == "object" and not asked:
            lines.append(_typed_dict(name, shape))
    return "\n\n".join(lines) + "\n"


def _typed_dict(name: str, shape: Mapping[str, Any]) -> str:
    about = " ".join(str(shape.get("description", "")).split())
    lines = [f"class {name}(TypedDict):"]
    if about:
        lines += [textwrap.indent(textwrap.fill(f'"""{about}"""', 94), "    "), ""]
    required = set(shape.get("required", ()))
    for member, of in shape.get("properties", {}).items():
        kind = _type(of) if member in required else f"NotRequired[{_type(of)}]"
        told = of.get("description")
        # What only says the member's name in words again tells nobody anything.
        if told and told.strip(".").lower() != member.replace("_", " "):
            lines.append(textwrap.indent(textwrap.fill(told, 90), "    #: "))
        lines.append(f"    {member}: {kind}")
    if len(lines) == 1 or not shape.get("properties"):
        lines.append("    pass")
    return "\n".join(lines)


def _type(of: Mapping[str, Any]) -> str:
    if "$ref" in of:
        return f'"{str(of["$ref"]).rsplit("/", 1)[-1]}"'
    if "const" in of:
        return f"Literal[{of['const']!r}]"
    if "enum" in of:
        return f"Literal[{', '.join(repr(value) for value in of['enum'])}]"
    if "anyOf" in of:
        # A member that is null is left out of answers.
        kinds = [_type(one) for one in of["anyOf"] if one.get("type") != "null"]
        if len(kinds) == 1:
            return kinds[0]
        return "Any" if any('"' in kind for kind in kinds) else " | ".join(kinds)
    if of.get("type") == "array":
        return f"list[{_type(of.get('items', {}))}]"
    if of.get("type") == "object":
        return "dict[str, Any]"
    return _PLAIN.get(str(of.get("type")), "Any")


def names() -> str:
    """How each field of the catalogue is called in an event."""
    from pims.exchange import catalogue
    from pims.exchange.catalogue_docs.niem import ours

    found = {
        name: {f.niem or ours(f.name): f.name for f in table.fields}
        for name, table in catalogue.TABLES.items()
        if not table.aggregate
    }
    members = {ours(name): name for name in found}
    return (
        f"{NAMES_HEAD}TABLES: Mapping[str, str] = {members!r}\n"
        f"FIELDS: Mapping[str, Mapping[str, str]] = {found!r}\n"
    )


def formatted(text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-q", "--stdin-filename", "made.py", "-"],
        input=text, text=True, capture_output=True, check=True, cwd=HERE,
    )  # fmt: skip
    return done.stdout


def main(arguments: list[str]) -> int:
    made = {"models.py": formatted(written(documents())), "names.py": formatted(names())}
    other = [
        name for name, text in made.items()
        if not (CLIENT / name).exists() or (CLIENT / name).read_text() != text
    ]  # fmt: skip
    if "--check" in arguments:
        for name in other:
            print(f"src/pims_client/{name} is not what the interface says of itself")
        return int(bool(other))
    for name in other:
        (CLIENT / name).write_text(made[name])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
