"""Getting a token, and giving it back."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Form
from pydantic import Field

from pims.exchange.api import schemas, signatures, tokens
from pims.exchange.api.routes.documented import answers

router = Router(tags=["tokens"])
Text = Annotated[str, Field(max_length=9000)]
TOKEN, REVOKE = "/token", "/token/revoke"


@router.post(
    TOKEN, response=answers(schemas.TokenAnswer, 413), operation_id="token",
    summary="A token for a signed assertion",
)  # fmt: skip
def token(
    request: HttpRequest,
    grant_type: Text = Form(...),  # noqa: B008
    client_assertion_type: Text = Form(...),  # noqa: B008
    client_assertion: Text = Form(...),  # noqa: B008
    client_id: Text = Form(""),  # noqa: B008
) -> Any:
    """OAuth 2.0 client credentials with `private_key_jwt` (RFC 6749, 7523), bound to the
    certificate of the connection (RFC 8705). No purpose and no official: nothing is read yet.

    Refusals are those of RFC 6749, 5.2: `error` is `invalid_request` (400) where a parameter lacks
    or stands twice, `invalid_client` (401) where the client does not prove who it is,
    `unsupported_grant_type` (400)."""
    tokens.require_once(request)
    given = tokens.issue(
        request, grant=grant_type, assertion_type=client_assertion_type,
        assertion=client_assertion, client_id=client_id,
    )  # fmt: skip
    return {"access_token": given.text, "token_type": "Bearer", "expires_in": given.seconds}


@router.post(
    REVOKE, response=answers(None, 413), operation_id="revoke_token",
    summary="Give a token back",
)  # fmt: skip
def revoke(request: HttpRequest, token: Text = Form(...)) -> HttpResponse:  # noqa: B008
    """RFC 7009: of a token that is not the caller's nothing is said and nothing changed."""
    tokens.require_once(request)
    tokens.give_back(request, token=token)
    return HttpResponse(status=200)


@router.get(
    "/keys", response=answers(schemas.KeysAnswer), operation_id="keys",
    summary="The keys that PIMS signs its answers with",
)  # fmt: skip
def keys(request: HttpRequest) -> Any:
    """Compare the first one with what you were given on paper."""
    return {"keys": signatures.public_keys()}
