"""`pims exchange`: what leaves for other agencies."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from pims.exchange import selectors
from pims.exchange.catalogue_docs.asyncapi import document
from pims.exchange.services import endpoints
from pims.exchange.shelving.sweep import shelve_everybody
from pims.exchange.webhooks import secretfiles
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.console import JsonFlag, show
from pims.foundation.ledger.proving import receipt_of
from pims.kernel import clock

app = typer.Typer(help="What leaves for other agencies.", no_args_is_help=True)


@app.callback()
def exchange() -> None:
    """What leaves for other agencies."""


@app.command()
def shelve(as_json: JsonFlag = False) -> None:
    """Make what is kept ready for agencies agree with the record, for everybody."""
    show([{"people": shelve_everybody()}], as_json=as_json, columns={"people": "People"})


@app.command()
def receipt(
    inquiry: Annotated[UUID, typer.Argument(help="The inquiry, as the answer named it.")],
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
) -> None:
    """The receipt of an answer, to be checked anywhere with `pims verify receipt`."""
    entry_id = selectors.receipt(system_actor(), inquiry)
    file.write_text(receipt_of(entry_id).text(), encoding="utf-8")


@app.command()
def asyncapi(
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
) -> None:
    """The description of the events for an agency's developer, in AsyncAPI 3."""
    text = json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


@app.command()
def openapi(
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    observatory: Annotated[
        bool, typer.Option("--observatory", help="The Observatory's, of numbers alone.")
    ] = False,
) -> None:
    """The description of the interface for an agency's developer, in OpenAPI 3.1."""
    from pims.exchange.api.describing import openapi_text

    file.write_text(openapi_text("observatory" if observatory else "agency"), encoding="utf-8")


@app.command("gateway-secret")
def gateway_secret() -> None:
    """What shows nginx to be the gateway, as its configuration includes it. Keep it to root."""
    from pims.exchange.api import gateway

    typer.echo(f'proxy_set_header {gateway.SECRET_HEADER} "{gateway.gateway_secret()}";')


@app.command("signing-key")
def signing_key(
    announce: Annotated[
        bool, typer.Option("--announce", help="Make the one that is to follow, and name it.")
    ] = False,
    use_next: Annotated[
        bool, typer.Option("--use-next", help="Sign with the announced one from now on.")
    ] = False,
) -> None:
    """The key by which agencies know our answers. It is changed in two steps, days apart."""
    from pims.exchange.api import signatures

    if announce:
        signatures.announce_next_key()
    if use_next:
        signatures.use_next_key()
    typer.echo(json.dumps({"keys": signatures.public_keys()}, indent=1))


@app.command()
def webhook_key(
    change: Annotated[bool, typer.Option(help="Sign with a new one; both for seven days.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Our own public key for pushed messages; two while it is being changed."""
    if change:
        endpoints.change_own_key(Command(system_actor()))
    keys = secretfiles.public_halves(at=clock.now())
    show([{"key": key} for key in keys], as_json=as_json, columns={"key": "Public key"})
