-- Who calls, and with what token: what the processes that answer agencies may ask about a caller.
-- Nothing here tells of a prisoner; keys are public ones, tokens are known by their hash alone.

-- Keys that are believed now; of `uses` only.
CREATE OR REPLACE FUNCTION exchange_keys(agency bigint, uses text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT coalesce(
        jsonb_agg(jsonb_build_object('kid', kid, 'use', use, 'jwk', jwk) ORDER BY starts_at, kid), '[]')
    FROM exchange_agency_key key
    WHERE key.agency_id = agency AND key.use = ANY(uses) AND key.revoked_at IS NULL
      AND key.starts_at <= clock_timestamp()
      AND (key.ends_at IS NULL OR clock_timestamp() < key.ends_at)
$$;

-- A client by the name that it gives itself: its state, the keys it signs in with, its certificates.
DROP FUNCTION IF EXISTS agency_client(text);
CREATE FUNCTION agency_client(
    client text, OUT state text, OUT phone text, OUT keys jsonb, OUT certificates jsonb
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT agency.state, agency.phone, exchange_keys(agency.id, ARRAY['assertion']),
           (SELECT coalesce(jsonb_agg(one.thumbprint ORDER BY one.thumbprint), '[]')
            FROM exchange_agency_certificate one
            WHERE one.agency_id = agency.id AND one.revoked_at IS NULL
              AND one.not_before <= clock_timestamp() AND clock_timestamp() < one.not_after)
    FROM exchange_agency agency WHERE agency.code = client
$$;

-- Give a token out. Each assertion is good once, and each minute for so many tokens; whatever the
-- caller of this function believes, no token lives for longer than a quarter of an hour.
DROP FUNCTION IF EXISTS agency_issue_token(text, text, text, timestamptz, bytea, text, timestamptz);
CREATE FUNCTION agency_issue_token(
    client text, signed_by text, assertion text, assertion_until timestamptz,
    token_hash bytea, shown text, until timestamptz
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asker exchange_agency;
    at timestamptz := clock_timestamp();
BEGIN
    -- Of two with one assertion, the second waits here.
    SELECT * INTO asker FROM exchange_agency WHERE code = client FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown_client';
    ELSIF asker.state <> 'active' THEN
        RETURN 'agency_not_active';
    ELSIF NOT exchange_keys(asker.id, ARRAY['assertion'])
              @> jsonb_build_array(jsonb_build_object('kid', signed_by)) THEN
        RETURN 'unknown_key';
    ELSIF NOT EXISTS (
        SELECT FROM exchange_agency_certificate one
        WHERE one.agency_id = asker.id AND one.thumbprint = shown AND one.revoked_at IS NULL
          AND one.not_before <= at AND at < one.not_after) THEN
        RETURN 'unknown_certificate';
    ELSIF octet_length(token_hash) IS DISTINCT FROM 32 OR until IS NULL OR until <= at
          OR until > at + interval '15 minutes' OR assertion_until IS NULL
          OR assertion_until > at + interval '15 minutes'
          OR coalesce(length(assertion), 0) NOT BETWEEN 1 AND 128 THEN
        RETURN 'bad_request';
    ELSIF (SELECT count(*) FROM exchange_access_token token
           WHERE token.agency_id = asker.id AND token.issued_at > at - interval '1 minute') >= 60 THEN
        RETURN 'over_quota';
    END IF;
    DELETE FROM exchange_assertion_seen
    WHERE agency_id = asker.id AND expires_at < at - interval '10 minutes';
    INSERT INTO exchange_assertion_seen (agency_id, jti, expires_at)
    VALUES (asker.id, assertion, assertion_until) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN 'replayed';
    END IF;
    INSERT INTO exchange_access_token (id, agency_id, kid, thumbprint, hash, issued_at, expires_at)
    VALUES (gen_random_uuid(), asker.id, signed_by, shown, token_hash, at, until);
    RETURN 'ok';
END
$$;

-- The holder of a token gives it back. Whoever shows another certificate changes nothing.
DROP FUNCTION IF EXISTS agency_revoke_token(bytea, text);
CREATE FUNCTION agency_revoke_token(token_hash bytea, shown text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH ended AS (
        UPDATE exchange_access_token SET revoked_at = clock_timestamp()
        WHERE hash = token_hash AND thumbprint = shown AND revoked_at IS NULL RETURNING 1)
    SELECT EXISTS (SELECT FROM ended)
$$;

-- Whose token it is, and how what they send must be signed. No row where it is worth nothing.
DROP FUNCTION IF EXISTS agency_bearer(bytea, text);
CREATE FUNCTION agency_bearer(
    token_hash bytea, shown text, OUT agency_code text, OUT state text, OUT phone text,
    OUT signs_reads boolean, OUT keys jsonb
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT agency.code, agency.state, agency.phone, agency.signs_reads,
           exchange_keys(agency.id, ARRAY['message'])
    FROM exchange_access_token token JOIN exchange_agency agency ON agency.id = token.agency_id
    WHERE token.id = exchange_token(token_hash, shown)
$$;
