"""The worker's process, `python -m pims.cli.worker`: the framework first, then its modules."""

import logging
import os

from pims.cli import boot


def main() -> int:
    boot.framework()
    from pims.foundation.outbox.worker import main as work

    return work()


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # A thread that still waits for a database that is gone must not keep the process.
    os._exit(code)
