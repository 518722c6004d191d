-- Which messages an agency is told, judged in the database from the signed terms themselves, and
-- how far it has acknowledged them.

-- A message reaches whoever may know of the person as custody was before it, or as it was after.
-- What takes a message back is judged as that message was.
CREATE OR REPLACE FUNCTION exchange_message_agreed(
    terms jsonb, judged_as text, facets_before text[], facets_after text[], labels text[]
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(
        CASE
            -- It names nobody: to everybody who is told of anything.
            WHEN judged_as = 'heartbeat' THEN terms -> 'events' <> '{}'::jsonb
            ELSE terms -> 'events' ? judged_as
                AND (exchange_row_agreed(terms, 'custody', facets_before, labels)
                     OR exchange_row_agreed(terms, 'custody', facets_after, labels))
        END,
        false);
END;

-- Of what a message itself says of the person's custody, the columns that are listed.
CREATE OR REPLACE FUNCTION exchange_facts_agreed(terms jsonb, facts jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(one.key, one.value), '{}')
    FROM jsonb_each(facts) AS one(key, value)
    WHERE split_part(one.key, '.', 1) = 'custody'
      AND terms #> ARRAY['tables', 'custody', 'columns'] ? split_part(one.key, '.', 2);
END;

ALTER TABLE exchange_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_message FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON exchange_message;
CREATE POLICY own ON exchange_message TO pims_app, pims_loader, pims_eraser
    USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS agreed ON exchange_message;
CREATE POLICY agreed ON exchange_message FOR SELECT TO pims_owner
    USING (exchange_message_agreed(
        (SELECT exchange_terms()), judged_as::text, facets_before::text[], facets_after::text[],
        labels::text[] || labels_now::text[]));

-- Ninety days are promised; who comes later than a hundred begins again with a snapshot.
DROP VIEW IF EXISTS agreed_message;
CREATE VIEW agreed_message WITH (security_barrier) AS
SELECT place.position, message.event_id, message.type, message.judged_as, message.person_id,
       CASE WHEN (SELECT exchange_terms()) #> '{tables,custody,columns}' ? 'number'
            THEN message.number ELSE '' END AS number,
       CASE WHEN (SELECT exchange_terms()) #> '{tables,custody,columns}' ? 'number'
            THEN message.other_number ELSE '' END AS other_number,
       message.occurred_at, message.recorded_at, message.origin, message.because,
       exchange_facts_agreed((SELECT exchange_terms()), message.facts) AS facts,
       message.records,
       earlier.event_id AS takes_back_event, earlier.type AS takes_back_type
FROM exchange_published place
JOIN exchange_message message ON message.id = place.message_id
LEFT JOIN exchange_message earlier ON earlier.id = message.retracts_id
WHERE place.published_at > clock_timestamp() - interval '100 days'
  AND message.state = 'ready';

-- Where the feed begins and ends now. It tells nothing of anybody.
DROP FUNCTION IF EXISTS agency_feed_ends();
CREATE FUNCTION agency_feed_ends(OUT oldest bigint, OUT newest bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(
               (SELECT position FROM exchange_published
                WHERE published_at > clock_timestamp() - interval '100 days'
                ORDER BY published_at, position LIMIT 1),
               (SELECT max(position) + 1 FROM exchange_published),
               1),
           coalesce((SELECT max(position) FROM exchange_published), 0)
$$;

-- Whether the feed itself is alive: everything that was recorded before `told_upto` is in it, or is
-- held by the breaker. A worker that stands still is seen here, as is a sequencer that does. It
-- tells nothing of anybody.
DROP FUNCTION IF EXISTS agency_feed_pulse();
CREATE FUNCTION agency_feed_pulse(OUT at timestamptz, OUT told_upto timestamptz, OUT held boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH waiting AS (
        (SELECT event.recorded_at FROM outbox_pending pending
         JOIN outbox_event event ON event.id = pending.event_id ORDER BY pending.serial LIMIT 1)
        UNION ALL
        SELECT event.recorded_at FROM outbox_feed feed
        JOIN outbox_event event ON event.id = feed.event_id
        WHERE feed.position IN (
            coalesce((SELECT position FROM outbox_cursor WHERE subscriber = 'exchange'), 0) + 1,
            (SELECT min(position) FROM outbox_parked WHERE subscriber = 'exchange'))
    )
    SELECT clock_timestamp(),
           least(clock_timestamp(), (SELECT min(recorded_at) FROM waiting)),
           EXISTS (SELECT FROM exchange_message WHERE state = 'held')
$$;

-- The agreement of the inquiry that is open; nothing is done without one.
CREATE OR REPLACE FUNCTION exchange_asking_agreement() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF exchange_terms() IS NULL THEN
        RAISE EXCEPTION 'no inquiry is open' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN (SELECT version.agreement_id FROM exchange_inquiry inquiry
            JOIN exchange_agreement_version version ON version.id = inquiry.version_id
            WHERE inquiry.id = current_setting('pims.inquiry', true)::uuid);
END
$$;

-- How far the agency has said that it keeps the feed; 0 before it ever did.
DROP FUNCTION IF EXISTS agency_cursor();
CREATE FUNCTION agency_cursor() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(
        (SELECT position FROM exchange_cursor WHERE agreement_id = exchange_asking_agreement()), 0)
$$;

-- It keeps everything up to here: `ok`; `behind` what it had said already, which stays; `beyond`
-- the end of the feed, which is nothing that it can have been told.
DROP FUNCTION IF EXISTS agency_acknowledge(bigint);
CREATE FUNCTION agency_acknowledge(kept_upto bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asking bigint := exchange_asking_agreement();
    before bigint;
BEGIN
    IF kept_upto < 0 OR kept_upto > coalesce((SELECT max(position) FROM exchange_published), 0) THEN
        RETURN 'beyond';
    END IF;
    SELECT position INTO before FROM exchange_cursor WHERE agreement_id = asking FOR UPDATE;
    INSERT INTO exchange_cursor AS known (
        agreement_id, position, acknowledged_at, read_upto, seen_at)
    VALUES (asking, kept_upto, clock_timestamp(), kept_upto, clock_timestamp())
    ON CONFLICT (agreement_id) DO UPDATE
    SET position = greatest(known.position, excluded.position),
        acknowledged_at = CASE WHEN excluded.position > known.position
                               THEN excluded.acknowledged_at ELSE known.acknowledged_at END,
        read_upto = greatest(known.read_upto, excluded.read_upto), seen_at = excluded.seen_at;
    RETURN CASE WHEN kept_upto < coalesce(before, 0) THEN 'behind' ELSE 'ok' END;
END
$$;

-- Where a snapshot goes on: after the last person of whom the page named gave something. Only the
-- agency that was given that page, under the same agreement.
DROP FUNCTION IF EXISTS agency_snapshot_place(uuid);
CREATE FUNCTION agency_snapshot_place(page uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT max(given.person_id)
    FROM exchange_inquiry inquiry
    JOIN exchange_agreement_version version ON version.id = inquiry.version_id
    JOIN exchange_disclosure given ON given.inquiry_id = inquiry.id
    WHERE inquiry.id = page AND version.agreement_id = exchange_asking_agreement()
        AND inquiry.kind = 'feed.snapshot'
$$;
