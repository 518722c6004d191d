"""A supervisor with the parts that a test describes: ``driver.py FOLDER NAME=SHELL ...``.

Each part writes its process id to ``FOLDER/<name>.pid`` before anything else, and answers once it
has; one called ``mute`` never answers.
"""

import signal
import sys
from pathlib import Path

from pims.foundation.supervisor.lock import MARK
from pims.foundation.supervisor.service import Service
from pims.foundation.supervisor.supervisor import StartFailed, Stopped, Supervisor


def main(folder: Path, described: list[str]) -> int:
    supervisor = Supervisor(
        logs=folder / "log",
        env={MARK: folder.name},
        say=lambda text: print(text, flush=True),
    )
    supervisor.listen()
    try:
        for one in described:
            name, _, shell = one.partition("=")
            pid = folder / f"{name}.pid"
            supervisor.start(
                Service(
                    name=name,
                    argv=["sh", "-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; {shell}"],
                    ready=lambda pid=pid: pid.exists() and pid.stem != "mute",
                    ready_within=5,
                    stop=((signal.SIGTERM, 1.0),),
                )
            )
        print("up", flush=True)
        supervisor.run()
    except StartFailed as failure:
        print(f"failed: {failure} {failure.lines}", flush=True)
        return 1
    except Stopped:
        pass
    finally:
        supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
