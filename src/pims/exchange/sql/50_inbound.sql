-- What agencies send: kept before any of it is judged. An order needs no agreement, which is about
-- what an agency is told; whoever sends must be a known and active one, and have asked as it does
-- for everything else.

-- Who sends, by the inquiry that was opened for it in an earlier transaction; raises otherwise.
CREATE OR REPLACE FUNCTION exchange_sender() RETURNS exchange_inquiry
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    named text := current_setting('pims.inquiry', true);
    found exchange_inquiry;
BEGIN
    IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        SELECT inquiry.* INTO found
        FROM exchange_inquiry inquiry
        JOIN exchange_agency agency ON agency.id = inquiry.agency_id
        JOIN exchange_access_token token ON token.id = inquiry.token_id
        WHERE inquiry.id = named::uuid
          AND inquiry.outcome IN ('ok', 'no_agreement', 'over_quota')
          AND inquiry.opened_at > clock_timestamp() - interval '60 seconds'
          AND agency.state = 'active' AND token.revoked_at IS NULL
          AND (session_user NOT IN ('pims_agency', 'pims_observatory')
               OR inquiry.opened_xid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text);
    END IF;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'no inquiry is open' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN found;
END
$$;

-- Keep one message as it came. The same id with the same words is the message that is here already;
-- with other words it is kept beside it, under its own id and a part of its digest, and refused.
-- outcome: received, duplicate, conflict, too_large.
DROP FUNCTION IF EXISTS agency_receive(text, text, timestamptz, text, bytea, text, text);
CREATE FUNCTION agency_receive(
    sender_id text, sent_kind text, claimed_at timestamptz, content text, content_digest bytea,
    key_id text, proof text, OUT outcome text, OUT inbound uuid
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asked exchange_inquiry := exchange_sender();
    now_at timestamptz := date_trunc('microseconds', clock_timestamp());
    actor bigint;
    kept_id text := left(btrim(sender_id), 100);
    entry uuid;
    serial_no bigint;
    event uuid := gen_random_uuid();
    before exchange_inbound;
BEGIN
    IF kept_id = '' OR octet_length(content) > 1400000 OR octet_length(proof) > 20000
       OR octet_length(content_digest) <> 32 THEN
        outcome := 'too_large';
        RETURN;
    END IF;
    SELECT user_id INTO STRICT actor FROM exchange_agency WHERE id = asked.agency_id;
    outcome := 'received';
    LOOP
        inbound := gen_random_uuid();
        INSERT INTO exchange_inbound (
            id, agency_id, message_id, kind, sent_at, received_at, body, digest, kid, signature,
            channel, state, problems, corrects, matched_how, proposal, reason, result, version)
        VALUES (
            inbound, asked.agency_id, kept_id, left(coalesce(sent_kind, ''), 40), claimed_at, now_at,
            content, content_digest, left(coalesce(key_id, ''), 80), coalesce(proof, ''), 'api',
            'received', CASE WHEN outcome = 'conflict' THEN ARRAY['other_content'] ELSE '{}' END,
            '', '', '{}', '', '{}', 1)
        ON CONFLICT (agency_id, message_id) DO NOTHING;
        EXIT WHEN FOUND;
        SELECT * INTO STRICT before FROM exchange_inbound
        WHERE agency_id = asked.agency_id AND message_id = kept_id;
        inbound := before.id;
        IF before.digest = content_digest THEN
            IF outcome = 'received' THEN
                outcome := 'duplicate';
            END IF;
            EXIT;
        END IF;
        EXIT WHEN outcome = 'conflict';
        outcome := 'conflict';
        kept_id := kept_id || '#' || encode(substr(content_digest, 1, 8), 'hex');
    END LOOP;
    entry := exchange_enter(
        'exchange.message_received', actor, '{}',
        jsonb_build_object(
            'agency', asked.agency_id, 'inbound', inbound, 'inquiry', asked.id,
            'outcome', outcome, 'digest', encode(content_digest, 'hex')),
        jsonb_build_object('end_user', asked.end_user, 'message', left(sender_id, 100)));
    UPDATE exchange_inquiry SET closed_at = clock_timestamp(), found = 0, entry_id = entry
    WHERE id = asked.id AND closed_at IS NULL;
    IF NOT EXISTS (SELECT FROM exchange_inbound_step WHERE inbound_id = agency_receive.inbound) THEN
        INSERT INTO exchange_inbound_step (inbound_id, at, state, codes)
        VALUES (inbound, now_at, 'received', '{}');
        serial_no := nextval('outbox_serial');
        INSERT INTO outbox_event (id, serial, entry_id, kind, schema_version, person_id, event_seq,
                                  establishment_id, payload, recorded_at)
        VALUES (event, serial_no, entry, 'exchange.message_received', 1, NULL, NULL, NULL,
                jsonb_build_object(
                    'person_id', NULL, 'establishment_id', NULL, 'agency_id', asked.agency_id,
                    'inbound_id', inbound), now_at);
        INSERT INTO outbox_pending (serial, event_id) VALUES (serial_no, event);
    END IF;
END
$$;

-- What became of a message of one's own; null where there is none. `person_id` is for the receipt
-- and is never sent; when its subject was freed is told only under an agreement in force. That
-- somebody was found is told only of whom the sender may know anyway: else a message would be a way
-- to ask whether the prison has a record of them. Of anybody else it looks as if of nobody.
CREATE OR REPLACE FUNCTION agency_inbound(sender_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asked exchange_inquiry := exchange_sender();
    told boolean := exchange_terms() IS NOT NULL;
    found exchange_inbound;
    hidden boolean;
BEGIN
    SELECT * INTO found FROM exchange_inbound
    WHERE agency_id = asked.agency_id AND message_id = left(btrim(sender_id), 120);
    IF found.id IS NULL THEN
        RETURN NULL;
    END IF;
    -- Row security shows of the shelf what the agreement reaches. What was done is known as done.
    hidden := found.person_id IS NOT NULL AND found.state <> 'applied' AND NOT EXISTS (
        SELECT FROM exchange_shelf WHERE kind = 'custody' AND person_id = found.person_id);
    RETURN jsonb_build_object(
        'message_id', found.message_id, 'kind', found.kind,
        'state', CASE WHEN hidden AND found.state = 'waiting' THEN 'unmatched' ELSE found.state END,
        'digest', encode(found.digest, 'hex'), 'received_at', found.received_at,
        'problems', to_jsonb(found.problems), 'corrects', found.corrects,
        'reason', found.reason, 'decided_at', found.decided_at,
        'told', coalesce(found.result -> 'told', '{}'),
        'person_id', CASE WHEN told THEN found.person_id END,
        'body', CASE WHEN found.kind = 'custody_status_request' AND found.state = 'applied'
                THEN found.body END,
        'steps', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'at', step.at,
                'state', CASE WHEN hidden AND step.state = 'waiting' THEN 'unmatched'
                         ELSE step.state END,
                'codes', to_jsonb(CASE WHEN hidden
                         THEN array_remove(step.codes, 'matched_by_officer'::varchar)
                         ELSE step.codes END))
                ORDER BY step.at, step.id), '[]')
            FROM exchange_inbound_step step
            WHERE step.inbound_id = found.id AND (told OR step.state NOT LIKE 'told\_%')),
        'clock', (
            SELECT jsonb_build_object(
                'arrived_at', clock.arrived_at, 'acknowledged_at', clock.acknowledged_at,
                'freed_at', CASE WHEN told THEN clock.freed_at END,
                'stopped_because', clock.stopped_because)
            FROM exchange_order_clock clock WHERE clock.inbound_id = found.id));
END
$$;
