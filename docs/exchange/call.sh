#!/bin/sh
# One call of the interface with nothing but openssl (3 or later) and curl.
#
#   call.sh GET /v1/persons/4821937-64
#   call.sh POST /v1/searches question.json
#
# HOST          the name of the interface, with its port where that is not 443
# CLIENT        your agency's code
# CERTIFICATE, CERTIFICATE_KEY   your client certificate and its key (PEM)
# CA            the authority of the interface's own certificate (PEM)
# SIGN_IN_KEY, SIGN_IN_KID       the Ed25519 key that gets tokens (PEM), and its kid
# MESSAGE_KEY, MESSAGE_KID       the Ed25519 key that signs requests (PEM), and its kid
# PURPOSE, END_USER              why you ask, and which official asks
set -eu
method=$1 target=$2 body=${3:-}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

b64() { openssl base64 -A; }
b64url() { b64 | tr '+/' '-_' | tr -d '='; }
signed() { printf '%s' "$2" > "$work/base" && openssl pkeyutl -sign -rawin -inkey "$1" -in "$work/base"; }
ask() { curl -sS --cert "$CERTIFICATE" --key "$CERTIFICATE_KEY" --cacert "$CA" ${CURL_MORE:-} "$@"; }

# 1. A token: an assertion that the sign-in key signed, good once and for a minute.
now=$(date +%s)
head=$(printf '{"alg":"Ed25519","kid":"%s"}' "$SIGN_IN_KID" | b64url)
claims=$(printf '{"iss":"%s","sub":"%s","aud":"https://%s/v1/token","iat":%d,"exp":%d,"jti":"%s"}' \
    "$CLIENT" "$CLIENT" "$HOST" "$now" $((now + 60)) "$(openssl rand -hex 16)" | b64url)
answer=$(ask "https://$HOST/v1/token" \
    --data-urlencode grant_type=client_credentials \
    --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
    --data-urlencode "client_assertion=$head.$claims.$(signed "$SIGN_IN_KEY" "$head.$claims" | b64url)")
token=$(printf '%s' "$answer" | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
[ -n "$token" ] || { printf 'No token: %s\n' "$answer" >&2 && exit 1; }

# 2. The request's signature (RFC 9421) over what it asks, for whom and why, and over its body.
path=${target%%\?*} query=?
case $target in *\?*) query="?${target#*\?}" ;; esac
covered='"@method" "@authority" "@path" "@query" "pims-purpose" "pims-end-user"'
lines=$(printf '"@method": %s\n"@authority": %s\n"@path": %s\n"@query": %s\n"pims-purpose": %s\n"pims-end-user": %s' \
    "$method" "$HOST" "$path" "$query" "$PURPOSE" "$END_USER")
set -- -X "$method" -H "Authorization: Bearer $token" -H "PIMS-Purpose: $PURPOSE" \
    -H "PIMS-End-User: $END_USER"
if [ -n "$body" ]; then
    digest="sha-256=:$(openssl dgst -sha256 -binary "$body" | b64):"
    covered="$covered \"content-digest\""
    lines=$(printf '%s\n"content-digest": %s' "$lines" "$digest")
    set -- "$@" -H "Content-Digest: $digest" -H 'Content-Type: application/json' \
        --data-binary "@$body"
fi
params="($covered);created=$(date +%s);keyid=\"$MESSAGE_KID\";tag=\"pims\""
base=$(printf '%s\n"@signature-params": %s' "$lines" "$params")

# 3. The call.
ask "$@" -H "Signature-Input: own=$params" \
    -H "Signature: own=:$(signed "$MESSAGE_KEY" "$base" | b64):" "https://$HOST$target"
