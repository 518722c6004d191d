"""Propose rows for the table of addresses and roles: ``python -m tests.access.write_table``.

Rows that are there stay as they are; rows of new addresses are added as the roles' permissions
would have it, rows of addresses that are gone are taken out, and a row whose page now asks for
something else is proposed anew. Read the difference before you commit it: the table is what the
prison agreed to, not what the site happens to do.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    sys.path[:0] = [p for p in (str(ROOT / "src"), str(ROOT)) if p not in sys.path]
    with tempfile.TemporaryDirectory() as folder:
        # The addresses need no installation, and none is touched.
        os.environ["PIMS_VAR"], os.environ["PIMS_SECRETS"] = f"{folder}/var", f"{folder}/secrets"
        os.environ["DJANGO_SETTINGS_MODULE"] = "pims.config.settings"
        import django

        django.setup()
        propose()


def propose() -> None:
    from tests.access import walk

    known = walk.read_table() if walk.TABLE.exists() else {}
    found = {address.name: walk.proposed(address) for address in walk.addresses()}
    for name in sorted(known.keys() - found.keys()):
        print(f"gone     {name}")
    rows = []
    for name, row in found.items():
        old = known.get(name)
        if old is None:
            print(f"new      {name}: {row.asks}")
        elif old.asks != row.asks:
            print(f"changed  {name}: {old.asks} -> {row.asks}")
        rows.append(old if old is not None and old.asks == row.asks else row)
    walk.write_table(rows)
    closed = [row.name for row in rows if row.asks == walk.CLOSED]
    for name in closed:
        print(f"closed   {name}: its view asks for no permission and answers nobody")


if __name__ == "__main__":
    main()
