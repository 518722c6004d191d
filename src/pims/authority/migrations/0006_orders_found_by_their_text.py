"""Of warrants that ended before, the order is found once more by the text that was kept of it."""

from django.db import migrations

FIND_ORDERS = """
    UPDATE authority_warrant_name AS name
    SET ended_by_order_id = found.order_id
    FROM (
        SELECT DISTINCT ON (ended.id) ended.id AS name_id, orders.id AS order_id
        FROM authority_warrant_name AS ended
        JOIN authority_release_order_warrants AS named ON named.warrantname_id = ended.id
        JOIN authority_release_order AS orders ON orders.id = named.releaseorder_id
        JOIN authority_body AS body ON body.id = orders.body_id
        WHERE ended.ends_at IS NOT NULL
          AND ended.ended_by_order_id IS NULL
          AND orders.state = 'acted_on'
          AND ended.end_basis = left(btrim(body.name || ' ' || orders.reference), 300)
        ORDER BY ended.id, orders.id
    ) AS found
    WHERE name.id = found.name_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0005_warrants_say_which_order_ended_them"),
    ]

    operations = [migrations.RunSQL(FIND_ORDERS, migrations.RunSQL.noop)]
