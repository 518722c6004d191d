"""The demonstration's agencies told of other ports: `python -m pims.cli.agency_moves '{…}'`.

A step of `pims up`, run while the database answers and before any of their programs is started.
"""

import json
import sys

from pims.cli import agency_parts, boot


def main(said: str) -> None:
    boot.framework()
    from pims.demo.agencies import move_agencies

    ports: dict[str, int] = json.loads(said)
    for name in move_agencies(ports):
        print(f"  {agency_parts.folder() / name} says so now")
    # Last: cut off in between, the next start does all of it again.
    agency_parts.keep_ports(ports)


if __name__ == "__main__":
    main(sys.argv[1])
