"""What another agency's program needs to talk to PIMS: calls, the feed, pushed messages.

    from pims_client import Client, Credentials

    credentials = Credentials.from_folder("keys/")
    with Client(credentials, purpose="custody_enquiry", end_user="PC 1234 Choc") as pims:
        answer = pims.person("1234567-89")

`AsyncClient` has the same calls. `feed.follow` keeps a store in step with the feed, each
event once, in the transaction of what it changes; `webhooks.read` believes what PIMS pushed.
"""

from pims_client.client import Client
from pims_client.client_async import AsyncClient
from pims_client.credentials import BadCredentials, Credentials
from pims_client.errors import (
    Away,
    NotGenuine,
    NothingForYou,
    PimsRefused,
    StartOver,
    Stuck,
)

__all__ = [
    "AsyncClient",
    "Away",
    "BadCredentials",
    "Client",
    "Credentials",
    "NotGenuine",
    "NothingForYou",
    "PimsRefused",
    "StartOver",
    "Stuck",
]
