"""`python -m pims_agency.main police --folder … --state … --port …`: one agency's program."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import FrameType

from pims_agency import court, observatory, police
from pims_agency.desk import Desk, Program
from pims_client import BadCredentials, Credentials

PROGRAMS: Mapping[str, Program] = {
    "police": police.PROGRAM, "court": court.PROGRAM, "observatory": observatory.PROGRAM,
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="pims-agency", description=__doc__)
    parser.add_argument("program", choices=sorted(PROGRAMS))
    parser.add_argument("--folder", type=Path, required=True, help="keys and certificate")
    parser.add_argument("--state", type=Path, required=True, help="where its store is kept")
    parser.add_argument("--port", type=int, required=True, help="for its pages, on this machine")
    parser.add_argument("--address", default="", help="of PIMS, in place of the folder's")
    told = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)
    try:
        credentials = Credentials.from_folder(told.folder)
        if told.address:
            credentials = replace(credentials, address=told.address)
        Desk(PROGRAMS[told.program], credentials, told.folder, told.state).serve(told.port)
    except BadCredentials as problem:
        parser.exit(1, f"The folder {told.folder} lacks {problem}, or it cannot be read.\n")
    except KeyboardInterrupt:
        pass
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    # Everything is kept as it happens.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
