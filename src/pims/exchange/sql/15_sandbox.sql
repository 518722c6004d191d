-- Whoever only tries things out reaches test prisoners alone, whatever its terms say: one filter more
-- for every table that has any. A table without one reaches nobody, and goes on reaching nobody.
-- What is about a test prisoner carries a label that no agreement can name, so that nobody else is
-- told of it.
CREATE OR REPLACE FUNCTION exchange_tried_out(terms jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public AS $$
    SELECT jsonb_set(
           jsonb_set(terms, '{labels}', coalesce(terms -> 'labels', '[]') || '["test"]'),
           '{tables}', coalesce(jsonb_object_agg(one.name, CASE
               WHEN one.agreed -> 'rows' = '[]' THEN one.agreed
               ELSE jsonb_set(one.agreed, '{rows}', (one.agreed -> 'rows') || '[["test:yes"]]')
           END), '{}'))
    FROM jsonb_each(terms -> 'tables') AS one(name, agreed)
$$;
