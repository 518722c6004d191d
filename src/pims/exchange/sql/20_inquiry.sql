-- Asking, finding, and the receipt for what was given. The functions named agency_* are all that
-- the roles which answer other agencies may execute (foundation/database/privileges.py).

-- JSON as the ledger hashes it: keys sorted by code point, no spaces (ledger/entries.py, canonical).
CREATE OR REPLACE FUNCTION exchange_canonical(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'object' THEN (
            SELECT '{' || coalesce(string_agg(
                to_json(key)::text || ':' || exchange_canonical(held), ',' ORDER BY key COLLATE "C"), '')
                || '}'
            FROM jsonb_each(value) AS one(key, held))
        WHEN 'array' THEN (
            SELECT '[' || coalesce(string_agg(exchange_canonical(held), ',' ORDER BY place), '') || ']'
            FROM jsonb_array_elements(value) WITH ORDINALITY AS one(held, place))
        ELSE value::text
    END;
END
$$;

-- One ledger entry of an inquiry; details belong to the first person and are erased with them.
CREATE OR REPLACE FUNCTION exchange_enter(
    entry_kind text, actor bigint, persons bigint[], body jsonb, details jsonb
) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    entry uuid := gen_random_uuid();
    at timestamptz := date_trunc('microseconds', clock_timestamp());
    salt bytea := uuid_send(gen_random_uuid());
    detail text := exchange_canonical(details);
    entry_serial bigint := nextval('ledger_serial');
    envelope jsonb := jsonb_build_object(
        'v', 1, 'id', entry, 'kind', entry_kind, 'actor', actor, 'command', NULL,
        'persons', to_jsonb(persons), 'establishment', NULL,
        'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00',
        'body', body,
        'commitment', encode(sha256(salt || convert_to(detail, 'UTF8')), 'hex'));
BEGIN
    INSERT INTO ledger_entry (id, serial, kind, actor_id, command_id, person_ids,
                              establishment_id, recorded_at, body)
    VALUES (entry, entry_serial, entry_kind, actor, NULL, persons, NULL, at,
            exchange_canonical(envelope));
    INSERT INTO ledger_pending (serial, entry_id) VALUES (entry_serial, entry);
    INSERT INTO ledger_detail (entry_id, person_id, salt, details)
    VALUES (entry, persons[1], salt, detail);
    RETURN entry;
END
$$;

-- Whether a token may be used now with this certificate: the id of its row, or null.
CREATE OR REPLACE FUNCTION exchange_token(token_hash bytea, shown text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT token.id
    FROM exchange_access_token token
    JOIN exchange_agency_certificate certificate
      ON certificate.agency_id = token.agency_id AND certificate.thumbprint = token.thumbprint
    JOIN exchange_agency_key key ON key.agency_id = token.agency_id AND key.kid = token.kid
    WHERE token.hash = token_hash AND token.thumbprint = shown
      AND token.revoked_at IS NULL
      AND token.issued_at <= clock_timestamp() AND clock_timestamp() < token.expires_at
      AND certificate.revoked_at IS NULL
      AND certificate.not_before <= clock_timestamp() AND clock_timestamp() < certificate.not_after
      AND key.revoked_at IS NULL
$$;

-- Whether one inquiry more is within the quota of an agreement; if so it is counted. Of two callers
-- at once the second waits until the first has committed or given up, so that none is let in beyond
-- the quota. Stretches of five seconds and of a quarter of an hour are counted whole: a minute or a
-- day may seem longer by as much, never shorter.
CREATE OR REPLACE FUNCTION exchange_let_in(
    under bigint, a_minute bigint, a_day bigint, at timestamptz
) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    this_minute timestamptz := date_bin('5 seconds', at, timestamptz '2000-01-01 00:00:00Z');
    this_day timestamptz := date_bin('15 minutes', at, timestamptz '2000-01-01 00:00:00Z');
    in_minute bigint;
    in_day bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(1346980177, under::integer);
    SELECT coalesce(sum(one.count) FILTER (WHERE one.span = 'minute'), 0),
           coalesce(sum(one.count) FILTER (WHERE one.span = 'day'), 0)
    INTO in_minute, in_day
    FROM exchange_inquiry_count one
    WHERE one.agreement_id = under
      AND (one.span = 'minute' AND one.begins_at > at - interval '65 seconds'
           OR one.span = 'day' AND one.begins_at > at - interval '1 day 15 minutes');
    IF in_minute >= a_minute OR in_day >= a_day THEN
        RETURN false;
    END IF;
    INSERT INTO exchange_inquiry_count AS known (agreement_id, span, begins_at, count)
    VALUES (under, 'minute', this_minute, 1), (under, 'day', this_day, 1)
    ON CONFLICT (agreement_id, span, begins_at) DO UPDATE SET count = known.count + 1;
    -- What no window reaches: looked for only where a new stretch may have begun.
    IF in_minute = 0 OR at - this_minute < interval '1 second' THEN
        DELETE FROM exchange_inquiry_count one
        WHERE one.agreement_id = under
          AND one.begins_at <= at - CASE one.span WHEN 'minute' THEN interval '2 minutes'
                                    ELSE interval '2 days' END;
    END IF;
    RETURN true;
END
$$;

-- Open an inquiry: nothing can be read without one, nor in the transaction that opened it.
DROP FUNCTION IF EXISTS agency_open_inquiry(bytea, text, text, text, text, jsonb);
CREATE FUNCTION agency_open_inquiry(
    token_hash bytea, shown text, asked_purpose text, asking_user text, asked_kind text, question jsonb,
    OUT outcome text, OUT inquiry uuid, OUT agency_code text, OUT agreement bigint,
    OUT version bigint, OUT terms jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    held uuid := exchange_token(token_hash, shown);
    asker exchange_agency;
BEGIN
    IF held IS NULL THEN
        outcome := 'bad_token';
        RETURN;
    END IF;
    SELECT agency.* INTO STRICT asker FROM exchange_agency agency
    JOIN exchange_access_token token ON token.agency_id = agency.id WHERE token.id = held;
    agency_code := asker.code;
    inquiry := gen_random_uuid();
    outcome := 'ok';
    IF asker.state <> 'active' THEN
        outcome := 'agency_not_active';
    ELSIF btrim(coalesce(asking_user, '')) = '' OR length(asking_user) > 200
          OR coalesce(length(asked_purpose), 0) NOT BETWEEN 1 AND 40
          OR coalesce(asked_kind, '') !~ '^[a-z_.]{1,40}$' OR asked_kind IN ('preview', 'delivery')
          OR length(question::text) > 4000 THEN
        outcome := 'bad_request';
    ELSE
        SELECT a.id, v.id, v.terms INTO agreement, version, terms
        FROM exchange_agreement a JOIN exchange_agreement_version v ON v.agreement_id = a.id
        WHERE a.agency_id = asker.id AND a.purpose = asked_purpose AND v.state = 'active'
          AND v.starts_at <= clock_timestamp() AND clock_timestamp() < v.ends_at;
        IF NOT FOUND THEN
            outcome := 'no_agreement';
        ELSE
            -- Last, for others wait from here until this is on the disk.
            IF NOT exchange_let_in(
                agreement, coalesce((terms #>> '{quota,a_minute}')::bigint, 0),
                coalesce((terms #>> '{quota,a_day}')::bigint, 0), clock_timestamp()) THEN
                outcome := 'over_quota';
            END IF;
        END IF;
    END IF;
    INSERT INTO exchange_inquiry (id, agency_id, version_id, token_id, kind, purpose, end_user,
                                  outcome, opened_at, opened_xid, closed_at, found)
    VALUES (inquiry, asker.id, version, held, left(coalesce(asked_kind, ''), 40),
            left(coalesce(asked_purpose, ''), 40), left(coalesce(asking_user, ''), 200), outcome,
            clock_timestamp(), pg_current_xact_id()::text,
            CASE WHEN outcome <> 'ok' THEN clock_timestamp() END,
            CASE WHEN outcome <> 'ok' THEN 0 END);
    IF outcome = 'ok' THEN
        INSERT INTO exchange_asked (inquiry_id, person_id, asked)
        VALUES (inquiry, NULL, coalesce(question, '{}'));
    ELSE
        PERFORM exchange_enter('exchange.refused', asker.user_id, '{}',
            jsonb_build_object('agency', asker.id, 'inquiry', inquiry, 'outcome', outcome),
            jsonb_build_object('end_user', left(coalesce(asking_user, ''), 200)));
        terms := NULL;
    END IF;
END
$$;

-- Whom a key means, where the agreement allows to ask so. What may be read of them is another
-- question: the row security answers it.
CREATE OR REPLACE FUNCTION agency_find(key_kind text, asked_key text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT found.person_id FROM exchange_lookup_key found
    WHERE found.kind = key_kind AND found.key = asked_key
      AND (exchange_terms() -> 'lookups' ? key_kind
           OR key_kind = 'number' AND exchange_terms() -> 'lookups' ? 'list')
    ORDER BY found.person_id
$$;

-- The receipt: what was given of whom, `{"17": ["custody.held"]}`. Ends the inquiry.
DROP FUNCTION IF EXISTS agency_close_inquiry(jsonb, integer);
CREATE FUNCTION agency_close_inquiry(given jsonb, found_rows integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    named uuid := nullif(current_setting('pims.inquiry', true), '')::uuid;
    open_one exchange_inquiry;
    asker bigint;
    about bigint[];
    listed text[];
    entry uuid;
BEGIN
    IF exchange_terms() IS NULL THEN
        RAISE EXCEPTION 'no inquiry is open' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO STRICT open_one FROM exchange_inquiry WHERE id = named FOR UPDATE;
    SELECT user_id INTO STRICT asker FROM exchange_agency WHERE id = open_one.agency_id;
    SELECT coalesce(array_agg(one.key::bigint ORDER BY one.key::bigint), '{}') INTO about
    FROM jsonb_object_keys(coalesce(given, '{}')) AS one(key);
    SELECT coalesce(array_agg(DISTINCT field ORDER BY field), '{}') INTO listed
    FROM jsonb_each(coalesce(given, '{}')) AS one(key, fields),
         jsonb_array_elements_text(one.fields) AS each(field);
    UPDATE exchange_asked SET person_id = about[1]
    WHERE inquiry_id = named AND cardinality(about) = 1;
    entry := exchange_enter(
        CASE WHEN cardinality(about) > 0 THEN 'exchange.disclosed' ELSE 'exchange.inquired' END,
        asker, about,
        jsonb_build_object(
            'agency', open_one.agency_id, 'version', open_one.version_id, 'inquiry', named,
            'kind', open_one.kind, 'purpose', open_one.purpose, 'found', found_rows,
            'fields', to_jsonb(listed)),
        jsonb_build_object(
            'end_user', open_one.end_user,
            'asked', CASE WHEN cardinality(about) > 1 THEN NULL ELSE (
                SELECT asked FROM exchange_asked WHERE inquiry_id = named) END));
    INSERT INTO exchange_disclosure (inquiry_id, person_id, fields, disclosed_at, entry_id)
    SELECT named, one.key::bigint,
           ARRAY(SELECT DISTINCT jsonb_array_elements_text(one.fields) ORDER BY 1),
           clock_timestamp(), entry
    FROM jsonb_each(coalesce(given, '{}')) AS one(key, fields);
    UPDATE exchange_inquiry SET closed_at = clock_timestamp(), found = found_rows, entry_id = entry
    WHERE id = named;
    RETURN entry;
END
$$;

-- How far behind the shelf is: of events that it has not followed yet, the age of the oldest.
DROP FUNCTION IF EXISTS agency_freshness();
CREATE FUNCTION agency_freshness(
    OUT feed_position bigint, OUT shelf_position bigint, OUT swept_at timestamptz,
    OUT behind_seconds double precision
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH reached AS (
        SELECT least(
            coalesce((SELECT position FROM outbox_cursor WHERE subscriber = 'exchange'), 0),
            coalesce((SELECT min(position) - 1 FROM outbox_parked WHERE subscriber = 'exchange'),
                     9223372036854775807)) AS position)
    SELECT coalesce((SELECT max(position) FROM outbox_feed), 0),
           reached.position,
           (SELECT shelved_at FROM exchange_shelf_state WHERE id = 1),
           coalesce((SELECT extract(epoch FROM clock_timestamp() - event.recorded_at)
                     FROM outbox_feed feed JOIN outbox_event event ON event.id = feed.event_id
                     WHERE feed.position = reached.position + 1), 0)::double precision
    FROM reached
$$;
