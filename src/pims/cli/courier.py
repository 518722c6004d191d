"""The courier's process, `python -m pims.cli.courier`: the framework first, then its modules."""

import logging
import os

from pims.cli import boot


def main() -> int:
    boot.framework()
    from pims.exchange.webhooks.courier import main as deliver

    return deliver()


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # A receiver that still keeps us waiting must not keep the process.
    os._exit(code)
