-- What an agency may be told, judged in the database from the signed terms themselves.
-- Row security shows the rows that the agreement reaches; the views show the columns that it lists.
-- Without an inquiry that was opened (20_inquiry.sql) there is nothing to see.

INSERT INTO exchange_shelf_state (id, position) VALUES (1, 0) ON CONFLICT DO NOTHING;

-- The terms under which this transaction reads; null where it may read nothing.
CREATE OR REPLACE FUNCTION exchange_terms() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    named text := current_setting('pims.inquiry', true);
    found jsonb;
    only_tries boolean;
BEGIN
    IF named IS NULL OR named !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        RETURN NULL;
    END IF;
    SELECT version.terms, agency.sandbox INTO found, only_tries
    FROM exchange_inquiry inquiry
    JOIN exchange_agreement_version version ON version.id = inquiry.version_id
    JOIN exchange_agreement agreement ON agreement.id = version.agreement_id
    JOIN exchange_agency agency ON agency.id = inquiry.agency_id
    LEFT JOIN exchange_access_token token ON token.id = inquiry.token_id
    WHERE inquiry.id = named::uuid
      AND inquiry.outcome = 'ok'
      AND inquiry.closed_at IS NULL
      AND inquiry.opened_at > clock_timestamp() - interval '60 seconds'
      AND agreement.agency_id = inquiry.agency_id
      AND (inquiry.kind = 'preview'
           OR agency.state = 'active' AND version.state = 'active'
              AND version.starts_at <= clock_timestamp() AND clock_timestamp() < version.ends_at)
      AND token.revoked_at IS NULL
      -- Whoever answers from outside may look only after its question is on the disk.
      AND (session_user NOT IN ('pims_agency', 'pims_observatory')
           OR inquiry.token_id IS NOT NULL
              AND inquiry.opened_xid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text);
    RETURN CASE WHEN only_tries THEN exchange_tried_out(found) ELSE found END;
END
$$;

-- Every set of facets must match, and no set at all matches nothing. Every label must be named.
-- Parsed when it is made, so that whose name is looked up where is nobody's to choose later.
CREATE OR REPLACE FUNCTION exchange_row_agreed(
    terms jsonb, kind text, facets text[], labels text[]
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(
        jsonb_array_length(terms #> ARRAY['tables', kind, 'rows']) > 0
        AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(terms #> ARRAY['tables', kind, 'rows']) AS wanted(any_of)
            WHERE (jsonb_typeof(any_of) = 'array' AND any_of ?| facets) IS NOT TRUE)
        AND NOT EXISTS (
            SELECT FROM unnest(labels) AS carried(label)
            WHERE (terms -> 'labels' ? label) IS NOT TRUE),
        false);
END;

-- The columns that are listed; what carries a label only where that label is named too.
CREATE OR REPLACE FUNCTION exchange_fields_agreed(
    terms jsonb, kind text, fields jsonb, guarded jsonb
) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(one.key, one.value), '{}')
    FROM (
        SELECT key, value FROM jsonb_each(fields)
        UNION ALL
        SELECT held.key, held.value
        FROM jsonb_each(guarded) AS by_label(label, kept), jsonb_each(kept) AS held
        WHERE terms -> 'labels' ? by_label.label
    ) AS one
    WHERE terms #> ARRAY['tables', kind, 'columns'] ? one.key;
END;

ALTER TABLE exchange_shelf ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_shelf FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON exchange_shelf;
CREATE POLICY own ON exchange_shelf TO pims_app, pims_loader, pims_eraser
    USING (true) WITH CHECK (true);
-- The views read in the name of their owner, and so under this.
DROP POLICY IF EXISTS agreed ON exchange_shelf;
CREATE POLICY agreed ON exchange_shelf FOR SELECT TO pims_owner
    USING (exchange_row_agreed(
        (SELECT exchange_terms()), kind::text, facets::text[], labels::text[]));

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY[
        'person', 'custody', 'episode', 'warrant', 'hearing', 'dates', 'photograph', 'alert', 'order'
    ] LOOP
        EXECUTE format('DROP VIEW IF EXISTS %I', 'agreed_' || one);
        EXECUTE format(
            'CREATE VIEW %I WITH (security_barrier) AS'
            ' SELECT id AS shelf_id, person_id, record,'
            ' exchange_fields_agreed((SELECT exchange_terms()), %L, fields, guarded) AS fields'
            ' FROM exchange_shelf WHERE kind = %L',
            'agreed_' || one, one, one);
    END LOOP;
END
$$;

ALTER TABLE exchange_statistic_cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_statistic_cell FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON exchange_statistic_cell;
CREATE POLICY own ON exchange_statistic_cell TO pims_app, pims_loader, pims_eraser
    USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS agreed ON exchange_statistic_cell;
CREATE POLICY agreed ON exchange_statistic_cell FOR SELECT TO pims_owner
    USING (exchange_row_agreed((SELECT exchange_terms()), 'statistic', facets::text[], '{}'));

DROP VIEW IF EXISTS agreed_statistic;
CREATE VIEW agreed_statistic WITH (security_barrier) AS
SELECT id AS shelf_id, NULL::bigint AS person_id, id::text AS record,
       exchange_fields_agreed(
           (SELECT exchange_terms()), 'statistic',
           jsonb_build_object(
               'indicator', indicator, 'period', period, 'dimensions', dimensions,
               'count', count, 'suppressed', NOT shown),
           '{}') AS fields
FROM exchange_statistic_cell;
