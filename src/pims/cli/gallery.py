"""The gallery's process, `python -m pims.cli.gallery`: the framework first, then its modules."""

import logging
import os

from pims.cli import boot


def main() -> int:
    boot.framework()
    from pims.biometrics.gallery.process import main as serve

    return serve()


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # A thread that still compares must not keep the process.
    os._exit(code)
