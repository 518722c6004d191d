"""The gateway process of the demonstration: `python -m pims.cli.gateway`."""

import asyncio
import os
from contextlib import suppress

from pims.cli import boot


def main() -> None:
    boot.framework()
    from pims.exchange import places
    from pims.exchange.api.loopback_gateway import Front, serve, tls
    from pims.foundation.vault import secrets

    folder = secrets.secret_path("agencies")
    context = tls(folder / "gateway.pem", folder / "gateway.key", folder / "authorities.pem")
    fronts = [
        Front(int(os.environ["PIMS_EXCHANGE_PORT"]), places.agency_socket()),
        Front(int(os.environ["PIMS_OBSERVATORY_PORT"]), places.observatory_socket()),
    ]
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(serve(fronts, context))


if __name__ == "__main__":
    main()
